import { useState } from 'preact/hooks'

import type { Outcome } from '../api/outcome.ts'
import { useSession } from '../api/session.ts'

/** A field for a name and a button that creates something of that name. */
export function NewThing<Created>({
  label,
  action,
  create,
  onCreated,
}: {
  readonly label: string
  readonly action: string
  readonly create: (name: string) => Promise<Outcome<Created>>
  readonly onCreated: (created: Created) => void
}) {
  const { onLoggedOut } = useSession()
  const [name, setName] = useState('')
  const [problem, setProblem] = useState('')
  const [isBusy, setIsBusy] = useState(false)
  const submit = async (event: Event) => {
    event.preventDefault()
    setIsBusy(true)
    const outcome = await create(name.trim())
    setIsBusy(false)
    if (outcome.kind === 'logged_out') return onLoggedOut()
    setProblem(problemText(outcome))
    if (outcome.kind !== 'answered') return
    setName('')
    onCreated(outcome.value)
  }
  return (
    <form class="new-thing" onSubmit={submit}>
      <label class="field">
        <span>{label}</span>
        <input
          value={name}
          maxLength={200}
          autocomplete="off"
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="button" disabled={isBusy}>
        {action}
      </button>
      <p class="problem" role="alert">
        {problem}
      </p>
    </form>
  )
}

/** What went wrong, in a sentence; nothing where nothing did. */
export function problemText(outcome: Outcome<unknown>): string {
  if (outcome.kind === 'refused') return outcome.message
  return outcome.kind === 'unreachable' ? 'The server does not answer. Try again.' : ''
}
