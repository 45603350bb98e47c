/**
 * The small numbers under which the database keeps enumerations: a member's code is its place in its list. Stored
 * events depend on the order for ever, so a list is only ever appended to. (The protocol's own order is free.)
 */
const TASK_TYPES = [
  'planning',
  'implementation',
  'code_review',
  'testing',
  'debugging',
  'refactoring',
  'documentation',
  'configuration',
  'security_audit',
  'unknown',
]
const COMPLEXITIES = ['low', 'medium', 'high', 'critical']
const HARNESSES = [
  'claude_code',
  'opencode',
  'kilo_code',
  'aider',
  'api_direct',
  'ollama_local',
  'custom',
  'unknown',
]
const PROVIDERS = ['anthropic', 'openai', 'openrouter', 'ollama', 'google', 'mistral', 'custom', 'unknown']
const OUTCOMES = ['success', 'failure', 'partial', 'timeout']
const QUALITY_GATES = ['build', 'lint', 'test', 'coverage', 'typecheck', 'security']
const REPO_SIZE_CATEGORIES = ['tiny', 'small', 'medium', 'large', 'huge']

/** Translates one enumeration to its stored numbers and back. */
export interface EnumCodec {
  readonly values: readonly string[]
  encode(value: string): number
  /** The code of whatever is given; `undefined` where it is no member. */
  find(value: unknown): number | undefined
  decode(code: number): string
}

export const taskTypeCodes = enumCodec('task_type', TASK_TYPES)
export const complexityCodes = enumCodec('complexity', COMPLEXITIES)
export const harnessCodes = enumCodec('harness', HARNESSES)
export const providerCodes = enumCodec('provider', PROVIDERS)
export const outcomeCodes = enumCodec('outcome', OUTCOMES)
export const qualityGateCodes = enumCodec('quality_gates', QUALITY_GATES)
export const repoSizeCodes = enumCodec('repo_size_category', REPO_SIZE_CATEGORIES)

function enumCodec(field: string, values: readonly string[]): EnumCodec {
  const codes = new Map<unknown, number>(values.map((value, code) => [value, code]))
  return {
    values,
    encode: (value) => codes.get(value) ?? unknownMember(field, value),
    find: (value) => codes.get(value),
    decode: (code) => values[code] ?? unknownMember(field, code),
  }
}

/** Validation lets nothing else through, so this is a bug or a database that is not ours. */
function unknownMember(field: string, member: unknown): never {
  throw new RangeError(`${field} has no member ${JSON.stringify(member)}`)
}
