import { useState } from 'preact/hooks'

import { adminApi } from '../api/admin-api.ts'
import { useSession } from '../api/session.ts'
import { problemText } from './new-thing.tsx'

/** How much of an id has to be typed before its instance is deleted. */
const TYPED_CHARACTERS = 8

/** Deletes an instance with everything it sent, once somebody has typed the beginning of its id. */
export function DeleteInstance({
  instanceId,
  onDeleted,
}: {
  readonly instanceId: string
  readonly onDeleted: () => void
}) {
  const { onLoggedOut } = useSession()
  const [typed, setTyped] = useState('')
  const [problem, setProblem] = useState('')
  const beginning = instanceId.slice(0, TYPED_CHARACTERS)
  const submit = async (event: Event) => {
    event.preventDefault()
    const outcome = await adminApi.deleteInstance(instanceId)
    if (outcome.kind === 'logged_out') return onLoggedOut()
    setProblem(problemText(outcome))
    if (outcome.kind === 'answered') onDeleted()
  }
  return (
    <details class="behind">
      <summary>Delete this instance</summary>
      <form class="new-thing" onSubmit={submit}>
        <p>
          Deletes its keys and every task it sent, and takes them out of all numbers and predictions, for
          good.
        </p>
        <label class="field">
          <span>
            Type <code>{beginning}</code> to go on
          </span>
          <input
            value={typed}
            autocomplete="off"
            spellcheck={false}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="button button-bad" disabled={typed.trim() !== beginning}>
          Delete for good
        </button>
        <p class="problem" role="alert">
          {problem}
        </p>
      </form>
    </details>
  )
}
