import { useEffect, useState } from 'preact/hooks'

/** Told whenever the page moves by itself; moving through the history is told by the browser. */
const listeners = new Set<() => void>()

/** The query of the page's address. All state that a link should carry is in it. */
export function useQuery(): URLSearchParams {
  const [search, setSearch] = useState(location.search)
  useEffect(() => {
    const read = () => setSearch(location.search)
    listeners.add(read)
    addEventListener('popstate', read)
    read()
    return () => {
      listeners.delete(read)
      removeEventListener('popstate', read)
    }
  }, [])
  return new URLSearchParams(search)
}

/** Goes to another state of the page. `replace` adds no step to the history. */
export function goTo(query: URLSearchParams, { replace = false } = {}): void {
  const target = addressOf(query)
  if (replace) history.replaceState(null, '', target)
  else history.pushState(null, '', target)
  for (const listener of listeners) listener()
}

/** The address of a state, for a link. */
export function addressOf(query: URLSearchParams): string {
  const text = query.toString()
  return text === '' ? location.pathname : `${location.pathname}?${text}`
}

/** Follows a link inside the page without loading it again; clicks that ask for a new tab are the browser's. */
export function follow(event: MouseEvent): void {
  const link = event.currentTarget
  if (!(link instanceof HTMLAnchorElement) || event.button !== 0) return
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  event.preventDefault()
  goTo(new URL(link.href).searchParams)
}
