import { useEffect, useRef, useState } from 'preact/hooks'

import { dashboardApi } from '../api/dashboard-api.ts'
import { useSession } from '../api/session.ts'
import { Mark } from '../mark.tsx'
import { problemText } from './new-thing.tsx'

/** Asks for a token and exchanges it for a session. The token is in the body of one request and nowhere else. */
export function LoginPage() {
  const { onLoggedIn } = useSession()
  const [token, setToken] = useState('')
  const [problem, setProblem] = useState(
    new URLSearchParams(location.search).get('login') === 'failed' ? WRONG : '',
  )
  const [isBusy, setIsBusy] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    document.title = 'Log in · Mosaic Telemetry'
    field.current?.focus()
  }, [])

  const submit = async (event: Event) => {
    event.preventDefault()
    setIsBusy(true)
    const outcome = await dashboardApi.login(token.trim())
    setIsBusy(false)
    if (outcome.kind === 'answered') return onLoggedIn(outcome.value)
    setToken('')
    setProblem(problemText(outcome) || WRONG)
    field.current?.focus()
  }
  return (
    <main class="login" id="main">
      <form class="card" onSubmit={submit}>
        <Mark />
        <h1>Mosaic Telemetry</h1>
        <p class="note">Log in with the admin or viewer token of this server.</p>
        <label class="field">
          <span>Token</span>
          <input
            ref={field}
            type="password"
            name="token"
            required
            autocomplete="current-password"
            value={token}
            onInput={(event) => setToken(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="button button-main" disabled={isBusy}>
          {isBusy ? 'Logging in' : 'Log in'}
        </button>
        <p class="problem" role="alert">
          {problem}
        </p>
      </form>
    </main>
  )
}

const WRONG = 'That is neither the admin nor the viewer token.'
