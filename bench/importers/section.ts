import { readFileSync, writeFileSync } from 'node:fs'

/** Replaces what stands between `<!-- name -->` and `<!-- /name -->` in a document. */
export function writeSection(document: URL, name: string, text: string): void {
  const before = readFileSync(document, 'utf8')
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  if (!before.includes(start) || !before.includes(end))
    throw new Error(`no section ${name} in ${document.pathname}`)
  const head = before.slice(0, before.indexOf(start) + start.length)
  writeFileSync(document, `${head}\n${text}\n${before.slice(before.indexOf(end))}`)
}

export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const aligned = head.map((_, index) => (index === 0 ? '---' : '--:'))
  return [head, aligned, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

export const docs = (name: string): URL => new URL(`../../../docs/${name}`, import.meta.url)
