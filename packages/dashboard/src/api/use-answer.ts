import { useEffect, useRef, useState } from 'preact/hooks'

import type { Loaded, Outcome, Problem } from './outcome.ts'
import { useSession } from './session.ts'

/** How long to wait before asking a server again that did not answer, in milliseconds. */
const RETRY_MS = 3000

/** The least time between two answers to the same question, in milliseconds: hints may come each second. */
const CALM_MS = 1000

export interface Asking<T> {
  readonly loaded: Loaded<T>
  readonly retry: () => void
}

/**
 * Asks when `question` is new, and again whenever `renewal` has changed. The last answer stays on the screen until the
 * next one is there, also while the server is away.
 */
export function useAnswer<T>(
  question: string,
  ask: (signal: AbortSignal) => Promise<Outcome<T>>,
  renewal = 0,
): Asking<T> {
  const { onLoggedOut } = useSession()
  const [loaded, setLoaded] = useState<Loaded<T>>({ kind: 'loading' })
  const [tries, setTries] = useState(0)
  const last = useRef({ question: '', atMs: 0 })

  useEffect(() => {
    const isSame = last.current.question === question
    const waitMs = isSame ? Math.max(0, last.current.atMs + CALM_MS - Date.now()) : 0
    const abort = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    if (!isSame) setLoaded(stale)

    const askOnce = async () => {
      const outcome = await ask(abort.signal)
      if (abort.signal.aborted) return
      last.current = { question, atMs: Date.now() }
      if (outcome.kind === 'logged_out') return onLoggedOut()
      if (outcome.kind === 'unreachable') timer = setTimeout(askOnce, RETRY_MS)
      setLoaded((before) => after(outcome, before, isSame))
    }
    timer = setTimeout(askOnce, waitMs)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [question, renewal, tries])

  return { loaded, retry: () => setTries(tries + 1) }
}

function stale<T>(loaded: Loaded<T>): Loaded<T> {
  return loaded.kind === 'ready' ? { ...loaded, isStale: true } : { kind: 'loading' }
}

/** An old answer outlives a failed renewal, but not the answer to another question that was refused. */
function after<T>(
  outcome: { readonly kind: 'answered'; readonly value: T } | Problem,
  before: Loaded<T>,
  isSameQuestion: boolean,
): Loaded<T> {
  if (outcome.kind === 'answered') return { kind: 'ready', value: outcome.value, isStale: false }
  if (before.kind !== 'ready' || (outcome.kind === 'refused' && !isSameQuestion)) {
    return { kind: 'failed', problem: outcome }
  }
  return { ...before, problem: outcome }
}
