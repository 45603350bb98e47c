/**
 * One model, one name: the spellings of clouds, gateways and local runners become the name that predictions compare.
 *
 * Dropped is what names the way to a model (gateway, region, vendor, price tag) or a dated build of it. Kept is what
 * changes how it behaves: effort words (`high`, `thinking`), MMDD releases (`kimi-k2-0905`), sizes (`:70b`).
 */

type Rewrite = readonly [pattern: RegExp, replacement: string]

/** What surrounds a name. Each may uncover another, so they repeat until nothing changes. */
const affixes: readonly Rewrite[] = [
  [/^.*\//s, ''], // gateway and owner: openrouter/anthropic/…, arn:…/…
  [/^(?:us|us-gov|eu|apac|ap|au|ca|jp|sa|me|af|global)\./, ''],
  // deepseek is missing on purpose: its `deepseek.r1` is elsewhere called `deepseek-r1`.
  [
    /^(?:ai21|amazon|anthropic|cohere|google|meta|minimax|mistral|moonshot|moonshotai|nvidia|openai|qwen|writer|xai|zai)\./,
    '',
  ],
  [/\[\d+[km]\]$/, ''], // context window: [1m]
  [/(\d)\.(?=\d)/g, '$1-'],
  [/-v?\d+:0(?::\d+k)?$/, ''], // Bedrock's revision: -v1:0, -1:0, -v1:0:200k. Not `claude-v2:1`, where it is the model.
  [/@.*$/s, ''], // Vertex's revision: @20250929, @default
  [/:(?:free|beta|nitro|floor|extended|online|latest|cloud)$/, ''],
  // Dates may stand before an effort word: claude-3-7-sonnet-20250219-thinking.
  [/-20\d\d(-?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?=-|$)/g, ''],
  [/-preview-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?=-|$)/, ''],
  [/-(?:latest|preview|exp|experimental|stable|ga)$/, ''],
]

/** What is left of a name, in one alphabet and one word order. */
const tidying: readonly Rewrite[] = [
  [/[^a-z0-9]+/g, '-'],
  [/^-|-$/g, ''],
  // Until Claude 3.7 the version stood before the family.
  [/^claude-(\d{1,2}(?:-\d{1,2})?)-(opus|sonnet|haiku)(?=-|$)/, 'claude-$2-$1'],
]

/** The name under which predictions compare a model: `a-z`, `0-9` and single hyphens; `unknown` where none is left. */
export function canonicalModel(raw: string): string {
  const name = untilSettled(raw.toLowerCase(), (spelling) =>
    rewrite(
      untilSettled(spelling, (rest) => rewrite(rest, affixes)),
      tidying,
    ),
  )
  return name === '' ? 'unknown' : name
}

function rewrite(name: string, rewrites: readonly Rewrite[]): string {
  let rewritten = name
  for (const [pattern, replacement] of rewrites) rewritten = rewritten.replace(pattern, replacement)
  return rewritten
}

/** Ends because every rewrite shortens the name, leaves fewer foreign characters, or moves Claude's family once. */
function untilSettled(name: string, step: (name: string) => string): string {
  for (let before = name; ;) {
    const after = step(before)
    if (after === before) return after
    before = after
  }
}
