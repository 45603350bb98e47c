import { SeededRandom } from '@mosaicstack/telemetry-server/backtest'

import { atMost, type GoalRow, inRange, type Measurement, percent } from './goal.ts'
import { BUCKETS, bucketValue, encodeSketched, Predictor, Sketch, Units } from './scale-internals.ts'
import { checkpoint, type Latency, QueryCollector, timeQueries } from './scale-measure.ts'
import { DAY_MS, forEachObservation, NOW_MS, WINDOW_DAYS } from './scale-population.ts'

const VALUES = 200_000

const micros = (value: number): string => `${value.toFixed(1)} µs`
const millis = (value: number): string => `${value.toFixed(1)} ms`

/** G10 of what was observed, and G11. */
export const scaleGoals: Measurement = {
  goals: ['G10', 'G11'],
  measure: () => [...queryRows(), ...sketchRows()],
}

function queryRows(): readonly GoalRow[] {
  const few = observedLatency(1000)
  const many = observedLatency(1_000_000)
  const both = `${micros(many.p50Us)} / ${micros(few.p50Us)}`
  return [
    atMost('G10', 'observed prediction, p99, 1 000 events', few.p99Us, 50, micros),
    atMost('G10', 'observed prediction, p99, 1 000 000 events', many.p99Us, 50, micros),
    inRange(
      'G10',
      `observed prediction, median at 1 000 000 / at 1 000 events (${both})`,
      many.p50Us / few.p50Us,
      [0.8, 1.2],
      (value) => value.toFixed(2),
    ),
    atMost('G10', 'observed predictions of a batch of 100', many.batchMs, 5, millis),
  ]
}

function observedLatency(events: number): Latency {
  const units = new Units({ windowMs: WINDOW_DAYS * DAY_MS })
  units.expire(NOW_MS)
  const collector = new QueryCollector()
  forEachObservation(events, (observation) => {
    collector.add(observation)
    units.fold(observation)
  })
  checkpoint(units)
  const predictor = new Predictor(units, { minInstances: 'auto' }, () => NOW_MS)
  predictor.refresh()
  return timeQueries(predictor, collector.queries)
}

/** Five shapes of what tasks take, from an even one to one of two modes. */
const shapes: readonly (readonly [name: string, draw: (random: SeededRandom) => number])[] = [
  ['lognormal, sd of ln 0.5', (random) => 50_000 * Math.exp(0.5 * random.normal())],
  ['lognormal, sd of ln 1.6', (random) => 50_000 * Math.exp(1.6 * random.normal())],
  ['heavy tails', (random) => 20_000 * Math.exp(0.8 * random.studentT(4))],
  ['two modes', (random) => (random.uniform() < 0.5 ? 1000 : 300_000) * Math.exp(0.3 * random.normal())],
  ['even', (random) => 1 + random.uniform() * 10_000_000],
]

function sketchRows(): readonly GoalRow[] {
  return shapes.flatMap(([name, draw], index) => {
    const random = new SeededRandom(151 + index)
    const values = Float64Array.from({ length: VALUES }, () =>
      Math.min(10_000_000, Math.max(1, Math.round(draw(random)))),
    ).sort()
    const sketch = new Sketch()
    for (const value of values) sketch.add(value)
    const bytes = encodeSketched(0, [], [sketch]).length
    return [
      atMost('G11', `largest error at p1 … p99.9, ${name}`, largestError(sketch, values), 0.004, percent),
      atMost(
        'G11',
        `stored size of ${VALUES} values, ${name}`,
        bytes / 1024,
        4,
        (kib) => `${kib.toFixed(1)} KiB`,
      ),
    ]
  })
}

/** Of p1, p2 … p99 and p99.9: how far what the sketch reads is from the value of the same rank. */
function largestError(sketch: InstanceType<typeof Sketch>, sorted: Float64Array): number {
  const counts = new Float64Array(BUCKETS)
  sketch.addTo(counts, 1)
  const shares = [...Array.from({ length: 99 }, (_, index) => (index + 1) / 100), 0.999]
  return Math.max(
    ...shares.map((share) => {
      const rank = Math.ceil(share * sorted.length)
      const exact = sorted[rank - 1] as number
      return Math.abs(valueAt(counts, rank) / exact - 1)
    }),
  )
}

function valueAt(counts: Float64Array, rank: number): number {
  let seen = 0
  for (let bucket = 0; bucket < counts.length; bucket++) {
    seen += counts[bucket] as number
    if (seen >= rank) return bucketValue(bucket)
  }
  return NaN
}
