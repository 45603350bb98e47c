import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sdks } from './adapters/all.ts'
import { faultRows } from './faults/rows.ts'
import { runRow } from './faults/run-row.ts'

for (const adapter of sdks.filter((a) => !process.argv[3] || process.argv[3].split(',').includes(a.name))) {
  for (const row of faultRows.filter((r) => process.argv[2]!.split(',').includes(r.name))) {
    const stateDir = await mkdtemp(join(tmpdir(), 'bench-'))
    const o = await runRow(adapter, row, { stateDir })
    console.log(JSON.stringify(o))
    await rm(stateDir, { recursive: true })
  }
}
