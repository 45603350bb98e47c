import { writeFile } from 'node:fs/promises'
import { costTables } from '../cost/cost-tables.ts'
import { faultTables } from '../faults/fault-tables.ts'
import { faultRows } from '../faults/rows.ts'
import type { Machine } from './machine.ts'
import type { CostResults, FaultResults, Results } from './results.ts'
import { renderMarkdown } from './table.ts'

const INTRODUCTION = `<!-- Written by bench/client (npm run bench:client). Do not edit: run it again. -->
# The client SDK beside its peers

One event of 26 fields, about 900 bytes as JSON; one mock server on the same machine; every figure from a process of
its own. How each SDK is set up, what the rows mean and what the method cannot show stands in
[bench/client/README.md](../bench/client/README.md).
`

/** Writes the page that shows the last kept results. */
export async function writeDocument(file: string, { cost, faults, real }: Results): Promise<void> {
  const parts = [
    INTRODUCTION,
    ...(cost ? costPart(cost) : []),
    ...(faults ? faultPart('Faults', faults) : []),
    ...(real ? faultPart('Ours on the real server', real) : []),
  ]
  await writeFile(file, parts.join('\n'))
}

function costPart(results: CostResults): string[] {
  const { rounds, events, spinMs, machine, sdks } = results
  const noisePercent = (100 * (Math.max(...spinMs) - Math.min(...spinMs))) / Math.min(...spinMs)
  const timerUs = sdks.find((sdk) => sdk.figures.timerUs)?.figures.timerUs?.median
  return [
    '## Cost\n',
    `${rounds} rounds, SDKs interleaved; ${events} events end to end. ${machineLine(machine)} The same arithmetic took`,
    `up to ${noisePercent.toFixed(0)} % longer in one round than in another.` +
      (timerUs === undefined ? '' : ` Reading the clock adds ${timerUs.toFixed(2)} us to a call.`),
    '',
    ...costTables(sdks, events).map(renderMarkdown),
    '`~`: fewer events arrived than were tracked, the figure is scaled.\n',
    `Versions: ${sdks.flatMap((sdk) => sdk.installed?.versions ?? []).join(', ')}.\n`,
  ]
}

function faultPart(heading: string, results: FaultResults): string[] {
  return [
    `## ${heading}\n`,
    `${machineLine(results.machine)}`,
    '',
    ...faultTables(faultRows, results.outcomes).map(renderMarkdown),
    '`!`: the host lived and was not told through the callback the SDK documents. `>`: the process had to be killed at its',
    'limit. `-`: the protocol has no such answer.\n',
  ]
}

function machineLine(machine: Machine): string {
  const { node, system, cpu, cores, memoryGb, loadBefore, loadAfter, date } = machine
  const load = `load ${loadBefore.toFixed(1)} before, ${loadAfter.toFixed(1)} after`
  return `Measured ${date.slice(0, 10)} with Node ${node} on ${system}, ${cores} x ${cpu}, ${memoryGb} GB; ${load}.`
}
