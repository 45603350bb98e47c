import type { QualityGate } from '@mosaicstack/telemetry-client/protocol'

/**
 * What a shell command checks. Only the first words of each command in a chain are looked at, so that `grep test` is no
 * test. The first rule that matches says what it is; a command can be more than one gate: `npm run lint && npm test`.
 */
const GATE_RULES: readonly (readonly [gate: QualityGate, rule: RegExp])[] = [
  ['coverage', /(?:--coverage|--cov|\bcoverage run|\bnyc|\bc8|\btarpaulin|\bllvm-cov|\bjacoco)\b/],
  [
    'typecheck',
    /\b(?:tsc|vue-tsc|mypy|pyright|pyre|flow check|type-?check|check-types|types:check|cargo check|sorbet|srb tc)\b/,
  ],
  [
    'lint',
    /\b(?:eslint|oxlint|biome (?:check|lint|ci)|ruff(?: check)?|flake8|pylint|golangci-lint|clippy|rubocop|shellcheck|stylelint|ktlint|credo|go vet|swiftlint|lint)\b/,
  ],
  [
    'security',
    /\b(?:npm audit|pnpm audit|yarn audit|pip-audit|bandit|semgrep|trivy|snyk|gosec|cargo audit|govulncheck|brakeman)\b/,
  ],
  [
    'test',
    /\b(?:vitest|jest|mocha|ava|pytest|tox|nox|unittest|phpunit|rspec|ctest|playwright test|cypress run|go test|cargo (?:nextest|test)|mix test|dotnet test|gradlew? (?:\S+ )*test|mvnw? (?:\S+ )*(?:test|verify)|deno test|bun test|node --test|swift test|make (?:test|check)|(?:npm|pnpm|yarn|bun)(?: run)? (?:-\S+ )*t(?:est)?(?:[:\s]|$))/,
  ],
  [
    'build',
    /\b(?:webpack|vite build|rollup|esbuild|next build|cargo build|go build|go install|mvnw? (?:\S+ )*(?:package|install|compile)|gradlew? (?:\S+ )*(?:build|assemble)|dotnet build|cmake --build|make(?: all| build)?$|bazel build|docker build|mix compile|swift build|tsc -b|(?:npm|pnpm|yarn|bun) run (?:-\S+ )*build)\b/,
  ],
]

/** Programs that only look at text: their arguments say nothing about what is run. */
const READERS =
  /^(?:grep|rg|ag|cat|echo|printf|ls|find|head|tail|sed|awk|wc|less|which|type|git|cd|mkdir|rm|cp|mv|touch|jq|man)\b/
const MAX_COMMAND_LENGTH = 4096

export function gatesOf(command: string): readonly QualityGate[] {
  const parts = command
    .slice(0, MAX_COMMAND_LENGTH)
    .split(/&&|\|\||[;|\n]/)
    .map((part) => part.trim().replace(/^(?:\w+=\S*\s+|sudo\s+|time\s+|npx\s+(?:-\S+\s+)*|env\s+)+/, ''))
    .filter((part) => part !== '' && !READERS.test(part))
  const gates = new Set<QualityGate>()
  for (const part of parts) {
    const gate = GATE_RULES.find(([, rule]) => rule.test(part))?.[0]
    if (gate !== undefined) gates.add(gate)
  }
  return [...gates]
}
