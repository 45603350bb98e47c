import { useState } from 'preact/hooks'

import { adminApi, type AdminInstance } from '../api/admin-api.ts'
import { useSession } from '../api/session.ts'
import { useAnswer } from '../api/use-answer.ts'
import { plainName } from '../format/names.ts'
import { percent } from '../format/numbers.ts'
import { localMoment } from '../format/times.ts'
import { Card } from '../parts/card.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { Empty, Shown, TooLittle } from '../parts/shown.tsx'
import { DeleteInstance } from './delete-instance.tsx'
import { Keys } from './keys.tsx'
import { NewThing } from './new-thing.tsx'

/** Instances and their keys. */
export function AdminPage() {
  const { session } = useSession()
  return (
    <>
      <PageHead title="Instances" question="Who may report, and with which keys?" />
      {session.can_administer ? (
        <Instances />
      ) : (
        <Empty title="Only an administrator sees this">
          <p>
            Start the server with an admin token (<code>MOSAIC_TELEMETRY_ADMIN_TOKEN</code>) and log in with
            it. On the server's own machine <code>mosaic-telemetry instances list</code> does the same.
          </p>
        </Empty>
      )}
    </>
  )
}

function Instances() {
  const [changes, setChanges] = useState(0)
  const asking = useAnswer('instances', (signal) => adminApi.instances(signal), changes)
  const onChanged = () => setChanges((before) => before + 1)
  return (
    <>
      <Card title="New instance" note="One for each installation that reports. Its name is only shown here.">
        <NewThing
          label="Name"
          action="Create instance"
          create={adminApi.createInstance}
          onCreated={onChanged}
        />
      </Card>
      <Shown asking={asking}>
        {({ instances }) =>
          instances.length === 0 ? (
            <TooLittle>There is no instance yet.</TooLittle>
          ) : (
            instances.map((instance) => (
              <Instance key={instance.instance_id} instance={instance} onChanged={onChanged} />
            ))
          )
        }
      </Shown>
    </>
  )
}

function Instance({
  instance,
  onChanged,
}: {
  readonly instance: AdminInstance
  readonly onChanged: () => void
}) {
  const { created_at: createdAt, instance_id: id, name, trust } = instance
  return (
    <Card
      title={name === null ? id : plainName(name)}
      note={
        <>
          <code>{id}</code> · since {localMoment(createdAt)} · trust {percent(trust)}
        </>
      }
    >
      <Keys instanceId={id} />
      <DeleteInstance instanceId={id} onDeleted={onChanged} />
    </Card>
  )
}
