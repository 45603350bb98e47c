import type { Command } from 'commander'

import type { AdminGateway, InstanceView } from '../admin-gateway.ts'
import { readInstanceId, readKnownInstanceId, readLabel } from '../admin-values.ts'
import { addAdminFlags, administer, type AdminFlags } from '../administer.ts'
import { CliError } from '../cli-error.ts'
import { confirm } from '../output/confirm.ts'
import { counted, moment, percent } from '../output/format.ts'
import { table } from '../output/table.ts'
import { terminal } from '../output/terminal.ts'
import { withExample } from './with-example.ts'

type Flags = AdminFlags & { readonly json?: boolean }

export function addInstances(program: Command): void {
  const instances = program.command('instances').description('who may report: create, list, delete instances')
  withExample(instances, 'mosaic-telemetry instances list')
  addCreate(instances)
  addList(instances)
  addDelete(instances)
}

function addCreate(instances: Command): void {
  const create = instances.command('create').description('create an instance')
  withExample(create, 'mosaic-telemetry instances create --name laptop')
  addAdminFlags(create)
    .option('--name <name>', 'a name for people')
    .option('--instance-id <uuid>', 'its id, where it has one already')
    .action(async (flags: Flags & { name?: string; instanceId?: string }) => {
      const wanted = { name: readLabel('--name', flags.name), instanceId: readInstanceId(flags.instanceId) }
      const instance = await administer(flags, (gateway) => gateway.createInstance(wanted))
      if (flags.json) return terminal.out(JSON.stringify(instance, null, 2))
      terminal.out(instance.instance_id)
      terminal.err(`Next: mosaic-telemetry keys create ${instance.instance_id}`)
    })
}

function addList(instances: Command): void {
  const list = instances.command('list').description('list the instances, and how predictions count them')
  withExample(list, 'mosaic-telemetry instances list')
  addAdminFlags(list).action(async (flags: Flags) => {
    const all = await administer(flags, (gateway) => gateway.listInstances())
    if (flags.json) return terminal.out(JSON.stringify(all, null, 2))
    if (all.length === 0) return terminal.err('No instances yet. Make one: mosaic-telemetry instances create')
    terminal.out(
      table<InstanceView>(
        [
          { title: 'INSTANCE', value: (row) => row.instance_id },
          { title: 'NAME', value: (row) => row.name ?? '' },
          { title: 'CREATED (UTC)', value: (row) => moment(row.created_at) },
          { title: 'COUNTS', value: standingOf },
        ],
        all,
      ),
    )
  })
}

function addDelete(instances: Command): void {
  const remove = instances
    .command('delete <instance-id>')
    .description('delete an instance with everything it sent, for good')
  withExample(remove, 'mosaic-telemetry instances delete a1b2c3d4-e5f6-4a7b-8c9d-0e1f2a3b4c5d')
  addAdminFlags(remove)
    .option('--yes', 'do not ask')
    .action(async (text: string, flags: Flags & { readonly yes?: boolean }) => {
      const instanceId = readKnownInstanceId(text)
      const deleted = await administer(flags, async (gateway) =>
        flags.yes || (await isMeant(gateway, instanceId)) ? gateway.deleteInstance(instanceId) : undefined,
      )
      if (deleted === undefined) return terminal.err('Nothing was deleted.')
      if (flags.json) return terminal.out(JSON.stringify(deleted, null, 2))
      terminal.err(`Deleted the instance with ${counted(deleted.deleted_events, 'event')}, its keys and its`)
      terminal.err('share of all predictions. A running server forgets it within seconds, its')
      terminal.err('forecast as soon as it has learned again from what is left.')
    })
}

/** Asks, with the name that people know it by. */
async function isMeant(gateway: AdminGateway, instanceId: string): Promise<boolean> {
  const found = (await gateway.listInstances()).find((each) => each.instance_id === instanceId)
  if (found === undefined) {
    throw new CliError(`there is no instance ${instanceId}`, {
      hint: 'See `mosaic-telemetry instances list`.',
    })
  }
  const name = found.name === null ? '' : ` (${found.name})`
  return confirm(`Delete ${instanceId}${name} and everything it sent? It cannot be undone.`)
}

/** How predictions count an instance. */
function standingOf({ trust }: InstanceView): string {
  if (trust === 0) return 'set aside'
  return trust === 1 ? 'fully' : percent(trust)
}
