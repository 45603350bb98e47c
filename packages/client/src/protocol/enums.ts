/**
 * The seven enumerations of the wire contract. Each is a const object and a union type of the same name, so
 * `TaskType.IMPLEMENTATION` and the literal `'implementation'` both type-check.
 */

export const TaskType = {
  PLANNING: 'planning',
  IMPLEMENTATION: 'implementation',
  CODE_REVIEW: 'code_review',
  TESTING: 'testing',
  DEBUGGING: 'debugging',
  REFACTORING: 'refactoring',
  DOCUMENTATION: 'documentation',
  CONFIGURATION: 'configuration',
  SECURITY_AUDIT: 'security_audit',
  UNKNOWN: 'unknown',
} as const
/** What kind of work a task was. */
export type TaskType = (typeof TaskType)[keyof typeof TaskType]

export const Complexity = {
  LOW: 'low',
  MEDIUM: 'medium',
  HIGH: 'high',
  CRITICAL: 'critical',
} as const
/** How hard the task looked: `low` a typo, `medium` a feature, `high` many files, `critical` the architecture. */
export type Complexity = (typeof Complexity)[keyof typeof Complexity]

export const Harness = {
  CLAUDE_CODE: 'claude_code',
  OPENCODE: 'opencode',
  KILO_CODE: 'kilo_code',
  AIDER: 'aider',
  API_DIRECT: 'api_direct',
  OLLAMA_LOCAL: 'ollama_local',
  CUSTOM: 'custom',
  UNKNOWN: 'unknown',
} as const
/** The coding agent that ran the task. */
export type Harness = (typeof Harness)[keyof typeof Harness]

export const Provider = {
  ANTHROPIC: 'anthropic',
  OPENAI: 'openai',
  OPENROUTER: 'openrouter',
  OLLAMA: 'ollama',
  GOOGLE: 'google',
  MISTRAL: 'mistral',
  CUSTOM: 'custom',
  UNKNOWN: 'unknown',
} as const
/** Who served the model. */
export type Provider = (typeof Provider)[keyof typeof Provider]

export const QualityGate = {
  BUILD: 'build',
  LINT: 'lint',
  TEST: 'test',
  COVERAGE: 'coverage',
  TYPECHECK: 'typecheck',
  SECURITY: 'security',
} as const
/** A check that the finished work was put through. */
export type QualityGate = (typeof QualityGate)[keyof typeof QualityGate]

export const Outcome = {
  SUCCESS: 'success',
  FAILURE: 'failure',
  PARTIAL: 'partial',
  TIMEOUT: 'timeout',
} as const
/** How the task ended after all retries. */
export type Outcome = (typeof Outcome)[keyof typeof Outcome]

export const RepoSizeCategory = {
  TINY: 'tiny',
  SMALL: 'small',
  MEDIUM: 'medium',
  LARGE: 'large',
  HUGE: 'huge',
} as const
/** Lines of code: `tiny` below 1 000, then a factor of ten a step; `huge` above 1 000 000. */
export type RepoSizeCategory = (typeof RepoSizeCategory)[keyof typeof RepoSizeCategory]
