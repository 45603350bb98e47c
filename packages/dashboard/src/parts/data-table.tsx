import type { ComponentChildren } from 'preact'

export interface Column<Row> {
  readonly title: string
  /** Numbers stand at the right, one below the other. */
  readonly isNumber?: boolean
  /** Left out on narrower screens; the panel's CSV has it. On all where absent. */
  readonly shownFrom?: 'middle' | 'wide' | undefined
  readonly cell: (row: Row) => ComponentChildren
}

/** A table whose first column names its rows. It scrolls within itself, with the keyboard too. */
export function DataTable<Row>({
  caption,
  columns,
  rows,
  keyOf,
}: {
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
}) {
  return (
    <div class="table-frame" tabIndex={0} role="region" aria-label={caption}>
      <table>
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.title} scope="col" class={classOf(column)}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map((column, index) =>
                index === 0 ? (
                  <th key={column.title} scope="row" class={classOf(column)}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.title} class={classOf(column)}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function classOf<Row>({ isNumber, shownFrom }: Column<Row>): string {
  return [isNumber === true ? 'number' : '', shownFrom === undefined ? '' : `from-${shownFrom}`]
    .join(' ')
    .trim()
}

/** The numbers behind a chart, folded away until somebody wants them. */
export function BehindChart({ children }: { readonly children: ComponentChildren }) {
  return (
    <details class="behind">
      <summary>Show as a table</summary>
      {children}
    </details>
  )
}
