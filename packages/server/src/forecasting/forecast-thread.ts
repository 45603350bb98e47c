import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'

import { ForecastLearner } from '../predictions/forecast/forecast-learner.ts'
import { encodePublishedForecast } from '../predictions/forecast/published-forecast-codec.ts'
import { canonicalModel } from '../predictions/model-name.ts'
import { type Observation, reportsUsage } from '../predictions/observation.ts'
import { utcDay } from '../predictions/sample-codec.ts'
import { openObservationSource } from '../storage/observation-source.ts'
import type { ForecastThreadData } from './forecast-thread-data.ts'
import { yieldToOthers } from './yield-to-others.ts'

/**
 * The thread that learns the forecast. It reads the stored events in their order, from the beginning of the window on
 * and then as they come, and publishes what queries read after every fit. So a fit of a second holds up nobody, and a
 * restart learns the same forecast again from the same events.
 */

/** Events read at once. */
const READ_EVENTS = 5000
/** Between two looks for new events. */
const LOOK_EVERY_MS = 1000
/** While there are always more to read, a forecast is published so often all the same. */
const PUBLISH_EVERY_MS = 60_000
/** Few events are fitted too, if not at once. */
const FIT_EVERY_MS = 60_000

yieldToOthers()
const { source, minInstances, windowDays } = workerData as ForecastThreadData
const { observationsAfter } = await openObservationSource(source)
const learner = new ForecastLearner({ minInstances, windowDays })
let position = 0
let fittedAtMs = Date.now()
let publishedAtMs = Date.now()
let isPublished = true

for (;;) {
  const observations = await observationsAfter(position, READ_EVENTS)
  position = observations.at(-1)?.position ?? position
  if (learnAll(observations) || fitAfterAWhile()) isPublished = false
  const isCaughtUp = observations.length < READ_EVENTS
  if (!isPublished && (isCaughtUp || Date.now() - publishedAtMs > PUBLISH_EVERY_MS)) publish()
  if (observations.length < READ_EVENTS) await sleep(LOOK_EVERY_MS)
}

/** Returns whether there is a new fit. */
function learnAll(observations: readonly Observation[]): boolean {
  let isFitted = false
  for (const observation of observations) {
    if (!reportsUsage(observation)) continue
    isFitted = learner.learn(toForecastEvent(observation)) || isFitted
  }
  if (isFitted) fittedAtMs = Date.now()
  return isFitted
}

function fitAfterAWhile(): boolean {
  if (!learner.isBehind || Date.now() - fittedAtMs < FIT_EVERY_MS) return false
  fittedAtMs = Date.now()
  return true
}

function publish(): void {
  isPublished = true
  publishedAtMs = Date.now()
  const published = learner.isBehind ? learner.preview() : learner.forecaster.published
  if (published === undefined) return
  const bytes = encodePublishedForecast(published)
  parentPort?.postMessage(bytes, [bytes.buffer])
}

function toForecastEvent(observation: Observation) {
  const { taskType, model, provider, complexity, instanceId, succeeded } = observation
  const { inputTokens, outputTokens, costUsdMicros, durationMs } = observation
  return {
    cell: { taskType, model: canonicalModel(model), provider, complexity },
    instanceId,
    day: utcDay(observation.receivedAtMs),
    values: [inputTokens, outputTokens, costUsdMicros, durationMs],
    succeeded,
  }
}
