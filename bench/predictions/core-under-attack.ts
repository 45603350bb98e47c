import {
  type BacktestEvent,
  ForecastLearner,
  maxShare,
  Predictor,
  Standings,
  Units,
} from '@mosaicstack/telemetry-server/backtest'

const DAY_MS = 86_400_000
const ROUNDING = 1e-4

/** The fixed fields of a server that has learned a stream: the real units, weights, quarantine and predictor. */
export interface LearnedCore {
  /** Median of the metric in each cell that is answered. */
  readonly medians: ReadonlyMap<string, number>
  /** Answers in which an instance holds more than its share, to four decimals. */
  readonly sharesExceeded: number
  readonly setAside: number
}

export function learnCore(
  events: readonly BacktestEvent[],
  cells: readonly BacktestEvent['cell'][],
): LearnedCore {
  const learner = new ForecastLearner({ minInstances: 'auto', windowDays: 90 }, 1)
  const units = new Units({ windowMs: 90 * DAY_MS })
  for (const event of events) {
    learner.learn(event)
    units.fold(observationOf(event))
  }
  const standings = new Standings(() => 1)
  standings.judge(learner.preview().fit.distrusted)
  units.setAside(standings.setAside)

  const nowMs = ((events.at(-1)?.day ?? 0) + 1) * DAY_MS
  const weighing = { standingOf: standings.of }
  const predictor = new Predictor(units, { minInstances: 'auto' }, () => nowMs, weighing)
  const medians = new Map<string, number>()
  let sharesExceeded = 0
  for (const cell of cells) {
    const { prediction, metadata } = predictor.predict({
      task_type: cell.taskType,
      model: cell.model,
      provider: cell.provider,
      complexity: cell.complexity,
    } as Parameters<Predictor['predict']>[0])
    if (prediction === null) continue
    medians.set(JSON.stringify(cell), prediction.input_tokens.median)
    if ((metadata.max_instance_share ?? 1) > maxShare(metadata.instances ?? 0) + ROUNDING) sharesExceeded++
  }
  return { medians, sharesExceeded, setAside: standings.setAside.size }
}

function observationOf({ cell, instanceId, day, values, succeeded }: BacktestEvent) {
  const value = Math.round(values[0] ?? 0)
  return {
    ...cell,
    instanceId,
    receivedAtMs: day * DAY_MS,
    inputTokens: value,
    outputTokens: 0,
    costUsdMicros: 0,
    durationMs: 0,
    estimatedInputTokens: 0,
    estimatedOutputTokens: 0,
    succeeded,
    gatesPassed: false,
    gatesListed: false,
  }
}
