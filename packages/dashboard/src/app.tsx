import type { DashboardSession } from '@mosaicstack/telemetry-client/protocol'
import { useEffect, useRef, useState } from 'preact/hooks'

import { LoginPage } from './admin/login-page.tsx'
import { dashboardApi } from './api/dashboard-api.ts'
import { LiveProvider, useEvents } from './api/live.ts'
import { SessionProvider } from './api/session.ts'
import { useQuery } from './routing/location.ts'
import { SideBar } from './side-bar.tsx'
import { views } from './views.tsx'

/** How long to wait before asking again who is logged in, in milliseconds, while the server does not answer. */
const RETRY_MS = 2000

const loggedOut: DashboardSession = { role: null, can_administer: false, expires_at: null }

export function App() {
  const [session, setSession] = useState<DashboardSession>()
  useFirstSession(session, setSession)
  const live = useEvents(session !== undefined && session.role !== null)
  if (session === undefined) return <Starting />
  return (
    <SessionProvider value={{ session, onLoggedIn: setSession, onLoggedOut: () => setSession(loggedOut) }}>
      <LiveProvider value={live}>{session.role === null ? <LoginPage /> : <Page />}</LiveProvider>
    </SessionProvider>
  )
}

function useFirstSession(
  session: DashboardSession | undefined,
  setSession: (session: DashboardSession) => void,
): void {
  useEffect(() => {
    if (session !== undefined) return undefined
    const abort = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const ask = async () => {
      const outcome = await dashboardApi.session(abort.signal)
      if (abort.signal.aborted) return
      if (outcome.kind === 'answered') setSession(outcome.value)
      else if (outcome.kind === 'logged_out') setSession(loggedOut)
      else timer = setTimeout(ask, RETRY_MS)
    }
    void ask()
    return () => {
      abort.abort()
      clearTimeout(timer)
    }
  }, [session])
}

function Starting() {
  const [isLong, setIsLong] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setIsLong(true), 1500)
    return () => clearTimeout(timer)
  }, [])
  return (
    <p class="starting" role="status">
      {isLong ? 'The server does not answer. It may be restarting; this page asks again by itself.' : ''}
    </p>
  )
}

function Page() {
  const query = useQuery()
  const wanted = query.get('view')
  const view = views.find(({ id }) => id === wanted) ?? views[0]
  const main = useRef<HTMLElement>(null)
  const isFirst = useRef(true)
  useEffect(() => {
    // Whoever follows the navigation by ear or keyboard goes on reading at the heading of the new view.
    if (!isFirst.current) main.current?.querySelector('h1')?.focus()
    isFirst.current = false
  }, [view?.id])
  return (
    <div class="page">
      <a class="skip" href="#main">
        Skip to the numbers
      </a>
      <SideBar current={view?.id ?? ''} query={query} />
      <main id="main" ref={main} tabIndex={-1} key={view?.id}>
        {view?.render()}
      </main>
    </div>
  )
}
