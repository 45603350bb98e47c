import {
  ForecastCompetitor,
  runBacktest,
  syntheticPopulation,
  withAttack,
  type AttackSettings,
  type BacktestEvent,
  type Competitor,
} from '@mosaicstack/telemetry-server/backtest'

import { type LearnedCore, learnCore } from './core-under-attack.ts'
import { atMost, factor, inRange, mean, percent, type GoalRow, type Measurement } from './goal.ts'

const SEEDS = [121, 122, 123] as const
const HONEST = { events: 2000, instances: 155 }

interface Attack {
  readonly name: string
  readonly settings: Omit<AttackSettings, 'seed'>
  readonly maxLoss: number
  /** Of the 5th and 95th percentile of what medians are multiplied by; undefined where only the middle has a goal. */
  readonly spread?: readonly [number, number]
  readonly maxTypical?: number
  /** What the core's medians may be multiplied or divided by, from the 5th to the 95th percentile of the cells. */
  readonly maxCoreShift?: number
}

const attacks: readonly Attack[] = [
  {
    name: 'one instance, 90 % of events, ×1000',
    settings: { instances: 1, share: 0.9, factor: 1000 },
    maxLoss: 0.02,
    spread: [0.75, 1.5],
    maxCoreShift: 1.05,
  },
  {
    name: 'one instance, 90 % of events, ×0.001',
    settings: { instances: 1, share: 0.9, factor: 0.001 },
    maxLoss: 0.02,
    spread: [0.75, 1.5],
    maxCoreShift: 1.05,
  },
  {
    name: 'one instance, 90 % of events, ×3',
    settings: { instances: 1, share: 0.9, factor: 3 },
    maxLoss: 0.03,
    maxTypical: 1.2,
  },
  {
    name: '20 sybils, 50 % of events, ×3 (no goal: the limit of statistics)',
    settings: { instances: 20, share: 0.5, factor: 3 },
    maxLoss: Infinity,
  },
]

/** G7: what honest tasks lose, how far honest medians move, and who holds how much of what is published. */
export const attackers: Measurement = {
  goals: ['G7'],
  measure: () => attacks.flatMap(measureAttack),
}

function measureAttack(attack: Attack): readonly GoalRow[] {
  const shifts: number[] = []
  const losses: number[] = []
  const cores: CoreShift[] = []
  for (const seed of SEEDS) {
    const { clean, cells } = cleanRun(seed)
    const attacked = run(withAttack(honestEvents(seed), { seed: seed + 50, ...attack.settings }), cells)
    losses.push(attacked.loss / clean.loss - 1)
    for (const cell of cells) {
      shifts.push(Math.exp(median(attacked.forecast, cell) - median(clean.forecast, cell)))
    }
    cores.push(coreShift(clean.core, attacked.core))
  }
  const shift = quantileOf(shifts)
  const { name, spread, maxTypical } = attack
  return [
    atMost('G7', `honest loss, more: ${name}`, mean(losses), attack.maxLoss, percent),
    ...(spread === undefined
      ? []
      : [
          inRange(
            'G7',
            `medians, 5th percentile of the shift: ${name}`,
            shift(0.05),
            [spread[0], Infinity],
            factor,
          ),
          atMost('G7', `medians, 95th percentile of the shift: ${name}`, shift(0.95), spread[1], factor),
        ]),
    atMost('G7', `medians, typical shift: ${name}`, shift(0.5), maxTypical ?? Infinity, factor),
    ...coreRows(attack, cores),
  ]
}

interface CoreShift {
  readonly shifts: readonly number[]
  readonly attacked: LearnedCore
}

function coreShift(clean: LearnedCore, attacked: LearnedCore): CoreShift {
  const shifts = [...attacked.medians].flatMap(([cell, after]) => {
    const before = clean.medians.get(cell)
    return before === undefined ? [] : [after / before]
  })
  return { shifts, attacked }
}

function coreRows(
  { name, maxCoreShift = Infinity }: Attack,
  cores: readonly CoreShift[],
): readonly GoalRow[] {
  const shift = quantileOf(cores.flatMap(({ shifts }) => shifts))
  const answered = cores.reduce((sum, { attacked }) => sum + attacked.medians.size, 0)
  const exceeded = cores.reduce((sum, { attacked }) => sum + attacked.sharesExceeded, 0)
  const setAside = cores.map(({ attacked }) => attacked.setAside).join(', ')
  return [
    inRange(
      'G7',
      `core medians, 5th percentile of the shift: ${name}`,
      shift(0.05),
      [maxCoreShift === Infinity ? -Infinity : 1 / maxCoreShift, Infinity],
      factor,
    ),
    atMost('G7', `core medians, 95th percentile of the shift: ${name}`, shift(0.95), maxCoreShift, factor),
    atMost(
      'G7',
      `core medians, typical shift (set aside: ${setAside}): ${name}`,
      shift(0.5),
      maxCoreShift,
      factor,
    ),
    atMost('G7', `share above max(5 %, 1.5/m), of ${answered} published cells: ${name}`, exceeded, 0, String),
  ]
}

function quantileOf(values: readonly number[]): (share: number) => number {
  const sorted = values.toSorted((a, b) => a - b)
  return (share) => sorted[Math.floor(share * (sorted.length - 1))] ?? 1
}

interface Run {
  readonly loss: number
  readonly forecast: Competitor
  readonly core: LearnedCore
}

const cleanRuns = new Map<number, { readonly clean: Run; readonly cells: readonly BacktestEvent['cell'][] }>()

function cleanRun(seed: number) {
  const known = cleanRuns.get(seed)
  if (known !== undefined) return known
  const events = honestEvents(seed)
  const cells = [...new Map(events.map(({ cell }) => [JSON.stringify(cell), cell])).values()]
  const measured = { clean: run(events, cells), cells }
  cleanRuns.set(seed, measured)
  return measured
}

function honestEvents(seed: number): readonly BacktestEvent[] {
  return syntheticPopulation({ seed, ...HONEST })
}

function run(events: readonly BacktestEvent[], cells: readonly BacktestEvent['cell'][]): Run {
  const forecast = new ForecastCompetitor(1)
  const [score] = runBacktest(events, [forecast], 1)
  return { loss: score?.metrics[0]?.all.figures.loss ?? 0, forecast, core: learnCore(events, cells) }
}

function median(competitor: Competitor, cell: BacktestEvent['cell']): number {
  return competitor.predict(0, cell)?.[9] ?? 0
}
