import type { Logger } from 'pino'

import type { KeyRing } from './auth/key-ring.ts'
import type { ServerConfig } from './config/settings.ts'
import { Forgetting } from './forgetting.ts'
import { type Forecasting, forecasting } from './forecasting/forecasting.ts'
import { SharedForecasting } from './forecasting/shared-forecasting.ts'
import type { Chore } from './housekeeping.ts'
import { inSlices } from './lifecycle/in-slices.ts'
import { type Answering, answering } from './predictions/answering.ts'
import type { PublishedForecast } from './predictions/forecast/forecast-reader.ts'
import { InstanceBirths } from './predictions/instance-births.ts'
import { instanceRamp } from './predictions/instance-ramp.ts'
import { inFullStanding, weighInstances } from './predictions/instance-weights.ts'
import { PacedForecasts } from './predictions/paced-forecasts.ts'
import { Predictor } from './predictions/predictor.ts'
import { presets } from './predictions/presets.ts'
import type { Projection } from './predictions/projection.ts'
import { Projector } from './predictions/projector.ts'
import { roundedAnswers } from './predictions/rounded-answers.ts'
import { SharedProjection } from './predictions/shared-projection.ts'
import { Standings } from './predictions/standings.ts'
import { TrustKeeper } from './predictions/trust-keeper.ts'
import { Units } from './predictions/units.ts'
import type { Weighing } from './predictions/weighing.ts'
import { isShared, sourceOf } from './storage/open-store.ts'
import type { SharedStore } from './storage/shared-store.ts'
import type { Store } from './storage/store.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** What one process has folded is in the predictions of the others within a few seconds. */
const SHARE_EVERY_MS = 1000

/** Everything that answers what the next task will take. */
export interface Predictions {
  readonly answering: Answering
  readonly projector: Projection
  /** Between two checkpoints of the projection. */
  readonly checkpointPauseMs: number
  readonly forgetting: Forgetting
  readonly forecasting: Forecasting
  readonly forecasts: Pick<PacedForecasts, 'calibration'>
  readonly chores: readonly Chore[]
  /** Lets go of what others may have then. */
  end(): Promise<void>
  /** Instances that count nowhere now. */
  setAside(): number
  /** Summaries that were not published because an instance would have held more than its share, since the start. */
  shareViolations(): number
  /** Events that were not kept for predictions, by reason, since the start. */
  notPredicted(): Units['notKept']
}

/** Puts predictions together as the preset wants them, and reads what is stored of them. */
export async function openPredictions(parts: {
  readonly config: ServerConfig
  readonly store: Store | SharedStore
  readonly keys: KeyRing
  readonly logger: Logger
  readonly nowMs: () => number
}): Promise<Predictions> {
  const { config, store, keys, logger, nowMs } = parts
  const preset = presets[config.predictionsPreset]
  const { publishedForMs } = preset
  const minInstances = preset.minInstances(config.minInstances)

  const { minModelInstances } = preset
  const units = new Units({ windowMs: config.windowDays * DAY_MS, minModelInstances })
  const births = new InstanceBirths(store)
  const ramp = preset.hasRamp
    ? instanceRamp({ createdAtMs: births.createdAtMs, eventsOf: (id) => units.eventsOf(id), nowMs })
    : inFullStanding
  const standings = new Standings(ramp)
  const trust = new TrustKeeper(store, standings, units)
  const violations = shareViolations(logger)
  const weighing: Weighing = {
    weigh: weighInstances,
    standingOf: standings.of,
    version: () => standings.version,
    onShareViolation: violations.note,
  }
  const predictor = new Predictor(units, { minInstances, publishedForMs }, nowMs, weighing)
  const forecasts = new PacedForecasts(publishedForMs ?? 0, nowMs)
  const shared = isShared(store) ? new SharedProjection(store, units) : undefined
  const learning = (publish: (published: PublishedForecast) => void) =>
    forecasting({
      source: sourceOf(config),
      minInstances,
      windowDays: config.windowDays,
      store,
      logger,
      publish,
    })
  const publish = (published: PublishedForecast) => {
    forecasts.publish(published)
    trust.judge(published.fit.distrusted)
  }
  const sharedLearning =
    shared && new SharedForecasting({ store, isLeading: () => shared.isLeading, learning, publish })
  const learner = sharedLearning ?? learning(publish)
  const relearn = () => {
    forecasts.hurry()
    learner.relearn()
  }
  const onRoomLeft = () =>
    logger.warn(
      'others had made room for a deleted instance; to count what they sent, stop the server and run: mosaic-telemetry predictions rebuild',
    )
  const forgetting = new Forgetting({ store, keys, units, predictor, relearn, onRoomLeft })
  const projector = shared ?? new Projector(store, units)

  await forgetting.start()
  await trust.start()
  await projector.start(nowMs())
  if (preset.hasRamp) await births.refresh()
  predictor.refresh() // before the port is open, so that no query waits for a large level
  const plainAnswers = answering(predictor, forecasts)
  return {
    answering: preset.isRounded ? roundedAnswers(plainAnswers) : plainAnswers,
    projector,
    checkpointPauseMs:
      shared === undefined
        ? config.checkpointIntervalMs
        : Math.min(config.checkpointIntervalMs, SHARE_EVERY_MS),
    forgetting,
    forecasting: learner,
    forecasts,
    chores: [
      chore('summarise large levels', 100, () =>
        inSlices((isSpent) => {
          // Whoever follows takes over the leader's weeks.
          if (shared?.isLeading !== false && !units.mergeWeeks(isSpent)) return false
          return predictor.refresh(isSpent)
        }),
      ),
      chore('save whom predictions trust', 10_000, () => trust.save(), { isDoneAtStop: true }),
      // One that another process has deleted is gone from predictions as soon as its keys are dead.
      chore('forget deleted instances', 2_000, () => forgetting.catchUp()),
      ...(sharedLearning ? [chore('share the forecast', 2_000, () => sharedLearning.exchange())] : []),
      ...(preset.hasRamp ? [chore('read new instances', 60_000, () => births.refresh())] : []),
    ],
    async end() {
      await learner.end()
      await shared?.end()
    },
    setAside: () => standings.setAside.size,
    shareViolations: violations.count,
    notPredicted: () => units.notKept,
  }
}

function chore(
  name: string,
  pauseMs: number,
  work: () => Promise<void>,
  { isDoneAtStop } = { isDoneAtStop: false },
): Chore {
  return { name, pauseMs, isDoneAtStop, work }
}

/** Logs the first; counts all. */
function shareViolations(logger: Logger) {
  let violations = 0
  return {
    count: () => violations,
    note() {
      violations++
      if (violations > 1) return
      logger.error('one instance would hold more than its share of a prediction; it is not published')
    },
  }
}
