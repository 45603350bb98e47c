export interface Column<Row> {
  readonly title: string
  readonly value: (row: Row) => string
  /** Numbers stand right, words left. */
  readonly align?: 'left' | 'right'
}

/**
 * Lines of a table: columns as wide as they need to be, two blanks apart, nothing drawn around them. Control characters
 * are made visible: names come from others, and a terminal would obey them.
 */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const cells = [
    columns.map((column) => column.title),
    ...rows.map((row) => columns.map((column) => column.value(row).replaceAll(/\p{Cc}/gu, '\u{fffd}'))),
  ]
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)))
  return cells
    .map((line) =>
      line
        .map((cell, index) =>
          columns[index]?.align === 'right'
            ? cell.padStart(widths[index] ?? 0)
            : cell.padEnd(widths[index] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
