import { useState } from 'preact/hooks'

import { adminApi, type AdminKey, type CreatedKey } from '../api/admin-api.ts'
import { useSession } from '../api/session.ts'
import { useAnswer } from '../api/use-answer.ts'
import { plainName } from '../format/names.ts'
import { NOTHING } from '../format/numbers.ts'
import { localMoment } from '../format/times.ts'
import { DataTable } from '../parts/data-table.tsx'
import { Shown, TooLittle } from '../parts/shown.tsx'
import { NewThing, problemText } from './new-thing.tsx'

/** The keys of an instance. */
export function Keys({ instanceId }: { readonly instanceId: string }) {
  const [changes, setChanges] = useState(0)
  const [created, setCreated] = useState<CreatedKey>()
  const asking = useAnswer(`keys ${instanceId}`, (signal) => adminApi.keys(instanceId, signal), changes)
  const onChanged = () => setChanges((before) => before + 1)
  return (
    <>
      <Shown asking={asking}>
        {({ keys }) =>
          keys.length === 0 ? (
            <TooLittle>It has no key, so it cannot report.</TooLittle>
          ) : (
            <KeyTable keys={keys} onChanged={onChanged} />
          )
        }
      </Shown>
      {created !== undefined && <NewKey apiKey={created.api_key} />}
      <NewThing
        label="Label of a new key"
        action="Create key"
        create={(label) => adminApi.createKey(instanceId, label)}
        onCreated={(key) => {
          setCreated(key)
          onChanged()
        }}
      />
    </>
  )
}

function NewKey({ apiKey }: { readonly apiKey: string }) {
  return (
    <div class="new-key" role="status">
      <p>The new key. It is shown only now: put it where its program finds it.</p>
      <code>{apiKey}</code>
      <button
        type="button"
        class="button button-small"
        onClick={() => void navigator.clipboard?.writeText(apiKey)}
      >
        Copy
      </button>
    </div>
  )
}

function KeyTable({
  keys,
  onChanged,
}: {
  readonly keys: readonly AdminKey[]
  readonly onChanged: () => void
}) {
  return (
    <DataTable
      caption="Keys"
      rows={keys}
      keyOf={({ key_id: id }) => id}
      columns={[
        {
          title: 'Key',
          cell: ({ label, prefix }) => (
            <>
              <code>{prefix}…</code> {label !== null && <bdi class="name">{plainName(label)}</bdi>}
            </>
          ),
        },
        { title: 'Last used', cell: ({ last_used_at: at }) => (at === null ? 'never' : localMoment(at)) },
        {
          title: 'Expires',
          shownFrom: 'middle',
          cell: ({ expires_at: at }) => (at === null ? NOTHING : localMoment(at)),
        },
        { title: 'Revoke', cell: (key) => <Revoke apiKey={key} onRevoked={onChanged} /> },
      ]}
    />
  )
}

/** Asks once more before it revokes: a program may be using the key. */
function Revoke({ apiKey, onRevoked }: { readonly apiKey: AdminKey; readonly onRevoked: () => void }) {
  const { onLoggedOut } = useSession()
  const [isAsked, setIsAsked] = useState(false)
  const [problem, setProblem] = useState('')
  if (apiKey.revoked_at !== null) return <>revoked {localMoment(apiKey.revoked_at)}</>
  const revoke = async () => {
    const outcome = await adminApi.revokeKey(apiKey.key_id)
    if (outcome.kind === 'logged_out') return onLoggedOut()
    setProblem(problemText(outcome))
    if (outcome.kind === 'answered') onRevoked()
  }
  return (
    <>
      <button
        type="button"
        class={isAsked ? 'button button-small button-bad' : 'button button-small'}
        onClick={() => (isAsked ? void revoke() : setIsAsked(true))}
        onBlur={() => setIsAsked(false)}
      >
        {isAsked ? 'Revoke for good' : 'Revoke'}
      </button>
      <span role="alert">{problem}</span>
    </>
  )
}
