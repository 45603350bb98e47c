import { useRef, useState } from 'preact/hooks'

import { count } from '../format/numbers.ts'

/** Beyond so many values there is a field to search them. */
const SEARCH_FROM = 10

/** Lets somebody choose some of many values: a button that unfolds a list of boxes to tick. */
export function ValuePicker({
  title,
  options,
  chosen,
  nameOf,
  onChange,
}: {
  readonly title: string
  readonly options: readonly { readonly value: string; readonly tasks: number }[]
  readonly chosen: readonly string[]
  readonly nameOf: (value: string) => string
  readonly onChange: (values: readonly string[]) => void
}) {
  const details = useRef<HTMLDetailsElement>(null)
  const [search, setSearch] = useState('')
  const known = new Set(options.map(({ value }) => value))
  const all = [
    ...chosen.filter((value) => !known.has(value)).map((value) => ({ value, tasks: 0 })),
    ...options,
  ]
  const shown = all.filter(({ value }) => nameOf(value).toLowerCase().includes(search.toLowerCase()))
  const close = () => details.current?.removeAttribute('open')
  const toggle = (value: string) =>
    onChange(chosen.includes(value) ? chosen.filter((each) => each !== value) : [...chosen, value])

  return (
    <details
      class={chosen.length > 0 ? 'picker is-chosen' : 'picker'}
      ref={details}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || details.current?.open !== true) return
        close()
        details.current.querySelector('summary')?.focus()
      }}
      onFocusOut={(event) => {
        const next = event.relatedTarget
        if (next instanceof Node && !event.currentTarget.contains(next)) close()
      }}
    >
      <summary class="button">{summaryOf(title, chosen, nameOf)}</summary>
      <div class="picker-list">
        {all.length >= SEARCH_FROM && (
          <input
            type="search"
            aria-label={`Search in ${title.toLowerCase()}`}
            placeholder="Search"
            value={search}
            onInput={(event) => setSearch(event.currentTarget.value)}
          />
        )}
        {shown.length === 0 && <p class="note">Nothing to choose from.</p>}
        {shown.map(({ value, tasks }) => (
          <label key={value}>
            <input type="checkbox" checked={chosen.includes(value)} onChange={() => toggle(value)} />
            <bdi class="name">{nameOf(value)}</bdi>
            <span class="picker-count">{count(tasks)}</span>
          </label>
        ))}
      </div>
    </details>
  )
}

function summaryOf(title: string, chosen: readonly string[], nameOf: (value: string) => string) {
  const [only] = chosen
  if (only === undefined) return title
  return (
    <>
      {title}: <bdi class="name picker-chosen">{chosen.length === 1 ? nameOf(only) : chosen.length}</bdi>
    </>
  )
}
