import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'

/** The heading of a view, with the question that it answers. */
export function PageHead({
  title,
  question,
  actions,
}: {
  readonly title: string
  readonly question: string
  readonly actions?: ComponentChildren
}) {
  useEffect(() => {
    document.title = `${title} · Mosaic Telemetry`
  }, [title])
  return (
    <header class="page-head">
      <div>
        <h1 tabIndex={-1}>{title}</h1>
        <p class="question">{question}</p>
      </div>
      {actions !== undefined && <div class="page-actions">{actions}</div>}
    </header>
  )
}
