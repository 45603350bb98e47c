/** A table as data, so that the terminal, the document and a test see the same one. */
export interface Table {
  readonly title: string
  readonly columns: readonly string[]
  /** As many cells a row as there are columns; the first is the row's name. */
  readonly rows: readonly (readonly string[])[]
}

/** Aligned for a terminal: names to the left, figures to the right. */
export function renderText({ title, columns, rows }: Table): string {
  const widths = columns.map((column, i) =>
    Math.max(column.length, ...rows.map((row) => row[i]?.length ?? 0)),
  )
  const line = (cells: readonly string[]): string =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ')
  return [title, line(columns), ...rows.map(line)].map((text) => text.trimEnd()).join('\n') + '\n'
}

/** As GitHub-flavoured Markdown. */
export function renderMarkdown({ title, columns, rows }: Table): string {
  const rule = columns.map((_, i) => (i === 0 ? '---' : '--:'))
  return [`### ${title}`, '', ...[columns, rule, ...rows].map(markdownLine)].join('\n') + '\n'
}

function markdownLine(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}
