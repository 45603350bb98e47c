import type { DashboardSession } from '@mosaicstack/telemetry-client/protocol'
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'

/** Who looks at the page, and what to do when the server no longer knows them. */
export interface SessionState {
  readonly session: DashboardSession
  /** The server answered 401: the login page is next. */
  readonly onLoggedOut: () => void
  readonly onLoggedIn: (session: DashboardSession) => void
}

const nobody: SessionState = {
  session: { role: null, can_administer: false, expires_at: null },
  onLoggedOut: () => {},
  onLoggedIn: () => {},
}

const SessionContext = createContext(nobody)

export const SessionProvider = SessionContext.Provider

export function useSession(): SessionState {
  return useContext(SessionContext)
}
