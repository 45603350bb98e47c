import { useEffect, useRef } from 'preact/hooks'

import { dashboardApi } from './api/dashboard-api.ts'
import { useLive } from './api/live.ts'
import { useSession } from './api/session.ts'
import { readFilters, writeFilters } from './filters/filters.ts'
import { Mark } from './mark.tsx'
import { addressOf, follow } from './routing/location.ts'
import { ThemeChoice } from './theme-choice.tsx'
import { type View, views } from './views.tsx'

export function SideBar({ current, query }: { readonly current: string; readonly query: URLSearchParams }) {
  const { session } = useSession()
  const shown = views.filter(({ id }) => id !== 'instances' || session.can_administer || current === id)
  const nav = useRef<HTMLElement>(null)
  useEffect(() => {
    // On a narrow screen the row of links scrolls: the current one has to be in sight. scrollIntoView() would do it, but
    // the Tab key would go on from there then, past the skip link.
    const link = nav.current?.querySelector('[aria-current]')?.getBoundingClientRect()
    const frame = nav.current?.getBoundingClientRect()
    if (link === undefined || frame === undefined) return
    nav.current?.scrollBy({ left: link.left + link.width / 2 - frame.left - frame.width / 2 })
  }, [current])
  return (
    <header class="side">
      <p class="brand">
        <Mark />
        <span>Mosaic Telemetry</span>
      </p>
      <nav aria-label="Panels" ref={nav}>
        <ul>
          {shown.map((view) => (
            <li key={view.id}>
              <a
                href={addressOf(queryOf(view, query))}
                onClick={follow}
                aria-current={view.id === current ? 'page' : undefined}
              >
                {view.title}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div class="side-foot">
        <LiveStatus />
        <ThemeChoice />
        <LogOut />
      </div>
    </header>
  )
}

/** Filters go along from view to view, also past one that they do not apply to. */
function queryOf(view: View, query: URLSearchParams): URLSearchParams {
  const next = writeFilters(readFilters(query))
  if (view.id !== views[0]?.id) next.set('view', view.id)
  return next
}

function LiveStatus() {
  const { isConnected } = useLive()
  return (
    <p class={isConnected ? 'live is-live' : 'live'} role="status">
      {isConnected ? 'Live' : 'Not connected'}
    </p>
  )
}

function LogOut() {
  const { onLoggedOut, session } = useSession()
  if (session.role === 'open') return null
  const logOut = async () => {
    const outcome = await dashboardApi.logout()
    if (outcome.kind === 'answered' || outcome.kind === 'logged_out') onLoggedOut()
  }
  return (
    <button type="button" class="button button-small" onClick={() => void logOut()}>
      Log out ({session.role})
    </button>
  )
}
