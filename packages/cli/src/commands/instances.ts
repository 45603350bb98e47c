import type { Command } from 'commander'

import { readInstanceId, readLabel } from '../admin-values.ts'
import { addAdminFlags, administer, type AdminFlags } from '../administer.ts'
import { moment } from '../output/format.ts'
import { table } from '../output/table.ts'
import { terminal } from '../output/terminal.ts'
import { withExample } from './with-example.ts'

type Flags = AdminFlags & { readonly json?: boolean }

export function addInstances(program: Command): void {
  const instances = program.command('instances').description('who may report: create and list instances')
  withExample(instances, 'mosaic-telemetry instances list')

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

  const list = instances.command('list').description('list the instances')
  withExample(list, 'mosaic-telemetry instances list')
  addAdminFlags(list).action(async (flags: Flags) => {
    const all = await administer(flags, (gateway) => gateway.listInstances())
    if (flags.json) return terminal.out(JSON.stringify(all, null, 2))
    if (all.length === 0) return terminal.err('No instances yet. Make one: mosaic-telemetry instances create')
    terminal.out(
      table(
        [
          { title: 'INSTANCE', value: (row) => row.instance_id },
          { title: 'NAME', value: (row) => row.name ?? '' },
          { title: 'CREATED (UTC)', value: (row) => moment(row.created_at) },
        ],
        all,
      ),
    )
  })
}
