import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

/** A part of a panel with a heading of its own. */
export function Card({
  title,
  note,
  actions,
  children,
}: {
  readonly title: string
  /** What the numbers are, in a sentence. */
  readonly note?: ComponentChildren
  readonly actions?: ComponentChildren
  readonly children: ComponentChildren
}) {
  const id = useId()
  return (
    <section class="card" aria-labelledby={id}>
      <div class="card-head">
        <div>
          <h2 id={id}>{title}</h2>
          {note !== undefined && <p class="note">{note}</p>}
        </div>
        {actions !== undefined && <div class="card-actions">{actions}</div>}
      </div>
      {children}
    </section>
  )
}
