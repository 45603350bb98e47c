import { writeFileSync } from 'node:fs'

import { attackers } from './attackers.ts'
import { conformance } from './conformance.ts'
import { document } from './document.ts'
import { drift } from './drift.ts'
import type { GoalRow } from './goal.ts'
import { knownTruth } from './known-truth.ts'
import { projection } from './projection.ts'
import { realData } from './real-data.ts'
import { scaleGoals } from './scale-goals.ts'
import { selfMeasurement } from './self-measurement.ts'
import { speed } from './speed.ts'

const measurements = [
  conformance,
  realData,
  knownTruth,
  attackers,
  drift,
  projection,
  speed,
  scaleGoals,
  selfMeasurement,
]
const file = new URL('../../../docs/predictions-goals.md', import.meta.url)

const asked = process.argv.slice(2).map((name) => name.toUpperCase())
const known = measurements.flatMap(({ goals }) => goals)
const unknown = asked.filter((name) => !known.includes(name))
if (unknown.length > 0) {
  console.error(`${unknown.join(', ')}: not measured here. There are ${known.join(', ')}.`)
  process.exitCode = 2
} else {
  const rows: GoalRow[] = []
  for (const { goals, measure } of measurements) {
    if (asked.length > 0 && !goals.some((goal) => asked.includes(goal))) continue
    for (const row of measure()) {
      if (asked.length > 0 && !asked.includes(row.goal)) continue
      rows.push(row)
      console.log(
        `${row.goal.padEnd(4)}${row.isMet ? '   ' : 'MISS'} ${row.figure.padStart(9)}  ${row.target.padEnd(17)} ${row.what}`,
      )
    }
  }
  if (asked.length === 0) writeFileSync(file, document(rows))
}
