import type { ComponentChildren } from 'preact'

/** A number that matters, with what it is compared with. */
export interface KeyFigure {
  readonly label: string
  readonly value: string
  /** Below the value: a change, an interval, what it is of. */
  readonly detail?: ComponentChildren
}

export function KeyFigures({ figures }: { readonly figures: readonly KeyFigure[] }) {
  return (
    <dl class="key-figures">
      {figures.map(({ label, value, detail }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            <span class="figure">{value}</span>
            {detail !== undefined && <span class="figure-detail">{detail}</span>}
          </dd>
        </div>
      ))}
    </dl>
  )
}
