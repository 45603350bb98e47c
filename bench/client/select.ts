/** The things called for on the command line; all of them when nothing is. An unknown name ends the program. */
export function select<Thing extends { readonly name: string }>(
  all: readonly Thing[],
  option: string,
  wanted: string | undefined,
): readonly Thing[] {
  if (wanted === undefined) return all

  return wanted.split(',').map((name) => {
    const thing = all.find((candidate) => candidate.name === name)
    if (thing !== undefined) return thing

    const known = all.map((candidate) => candidate.name).join(', ')
    process.stderr.write(`--${option}: there is no ${name}. There are: ${known}\n`)
    process.exit(2)
  })
}
