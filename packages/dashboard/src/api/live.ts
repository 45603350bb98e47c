import type { DashboardHint } from '@mosaicstack/telemetry-client/protocol'
import { createContext } from 'preact'
import { useContext, useEffect, useState } from 'preact/hooks'

/** What the server's hints have come to. A panel asks again when its count has changed. */
export interface Live {
  readonly isConnected: boolean
  readonly renewals: Readonly<Record<DashboardHint, number>>
}

/** How long to wait before another connection after the server has refused one, in milliseconds. */
const RETRY_MS = 4000

const LiveContext = createContext<Live>({ isConnected: false, renewals: { numbers: 0, runs: 0 } })

export const LiveProvider = LiveContext.Provider

export function useLive(): Live {
  return useContext(LiveContext)
}

/**
 * Listens to `/v1/dashboard/events` while the page is in sight. Whatever changed while nobody listened is unknown, so each
 * new connection counts as a change of everything.
 */
export function useEvents(isWanted: boolean): Live {
  const [live, setLive] = useState<Live>({ isConnected: false, renewals: { numbers: 0, runs: 0 } })
  useEffect(() => (isWanted ? listen(setLive) : undefined), [isWanted])
  return live
}

type Change = (live: Live) => Live

function listen(setLive: (change: Change) => void): () => void {
  let source: EventSource | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let hasOpenedBefore = false

  const open = () => {
    clearTimeout(timer)
    source?.close()
    if (document.hidden) return
    source = new EventSource(new URL('v1/dashboard/events', document.baseURI))
    source.addEventListener('open', () => {
      setLive(hasOpenedBefore ? renewedAll : connected)
      hasOpenedBefore = true
    })
    source.addEventListener('numbers', () => setLive(renewed('numbers')))
    source.addEventListener('runs', () => setLive(renewed('runs')))
    source.addEventListener('error', () => {
      setLive((live) => ({ ...live, isConnected: false }))
      // The browser connects again by itself after a broken connection, but not after a refusal.
      if (source?.readyState === EventSource.CLOSED) timer = setTimeout(open, RETRY_MS)
    })
  }
  open()
  document.addEventListener('visibilitychange', open)
  return () => {
    document.removeEventListener('visibilitychange', open)
    clearTimeout(timer)
    source?.close()
  }
}

function connected(live: Live): Live {
  return { ...live, isConnected: true }
}

function renewed(hint: DashboardHint): Change {
  return (live) => ({ ...live, renewals: { ...live.renewals, [hint]: live.renewals[hint] + 1 } })
}

function renewedAll(live: Live): Live {
  return renewed('runs')(renewed('numbers')(connected(live)))
}
