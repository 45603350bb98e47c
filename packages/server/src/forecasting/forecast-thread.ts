import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'

import { ForecastLearner } from '../predictions/forecast/forecast-learner.ts'
import { encodePublishedForecast } from '../predictions/forecast/published-forecast-codec.ts'
import { ModelNames } from '../predictions/model-names.ts'
import { type Observation, reportsUsage } from '../predictions/observation.ts'
import { utcDay } from '../predictions/sample-codec.ts'
import { openObservationSource } from '../storage/observation-source.ts'
import type { ForecastMessage, ForecastThreadData } from './forecast-thread-data.ts'
import { Pace } from './pace.ts'
import { yieldToOthers } from './yield-to-others.ts'

/**
 * The thread that learns the forecast. It goes on from what was saved, or from the oldest stored event, reads the events
 * in their order as they come, and publishes what queries read. So a fit of a second holds up nobody.
 *
 * Always true: the same events leave the same forecast, whether it ran through or was restarted anywhere. Clocks decide
 * only when something is published or saved, never what is learned.
 */

/** Events read at once. Between two reads the thread rests and listens: ending waits for one of them at most. */
const READ_EVENTS = 1000
/** Between two looks for new events. */
const LOOK_EVERY_MS = 1000
/** While there are always more to read, a forecast is published so often all the same. */
const PUBLISH_EVERY_MS = 60_000
/** A few new events are in what is published after a while, if not at once. */
const PREVIEW_AFTER_MS = 60_000
/** What is learned is saved at the end and at most so often, after a fit: then 2 % of the events are new. */
const SAVE_EVERY_MS = 60_000

yieldToOthers()
const { source, minInstances, windowDays, saved } = workerData as ForecastThreadData
const ending = new AbortController()
parentPort?.on('message', () => ending.abort())

const pause = (forMs: number) => sleep(forMs, undefined, { signal: ending.signal }).catch(() => {}) // then it ends
const pace = new Pace({ nowMs: () => performance.now(), cpuMs: processCpuMs, sleep: pause })
const models = new ModelNames()

const { observationsAfter } = await openObservationSource(source)
const { learner, position: firstPosition } = await begin()
let position = firstPosition
let savedPosition = position
// On a clock that nobody sets: a day back would keep everything from being published and saved for a day.
let savedAtMs = performance.now()
let publishedAtMs = performance.now()
/** What was published last knows fewer events than the learner does. */
let isBehind = learner.isBehind
/** There is a fit that was not published, or not saved. */
let isFitted = learner.forecaster.published !== undefined
let isFitUnsaved = false
let toldLagMs = 0

// At once, before anything is read: the forecast that stood when it was saved.
if (isFitted) publish()
pace.begin()
while (!ending.signal.aborted) {
  const observations = await observationsAfter(position, READ_EVENTS)
  for (const observation of observations) learn(observation)
  position = observations.at(-1)?.position ?? position

  const isCaughtUp = observations.length < READ_EVENTS
  tellLag(isCaughtUp ? undefined : observations.at(-1))
  if (isPublishingDue(isCaughtUp)) publish()
  if (isFitUnsaved && performance.now() - savedAtMs > SAVE_EVERY_MS) save()
  // Also where there is more to read: messages come in only while the thread waits.
  await (isCaughtUp ? pause(LOOK_EVERY_MS).then(() => pace.begin()) : pace.rest())
}
if (savedPosition < position) save()
tell({ kind: 'ended' })
parentPort?.close()

/** The learner as it was saved, where that is of use. */
async function begin(): Promise<{ learner: ForecastLearner; position: number }> {
  if (saved === undefined) return { learner: newLearner(), position: 0 }
  const restored = newLearner()
  if (!restored.restore(saved.bytes)) {
    tell({ kind: 'begins_anew', reason: 'unreadable' })
    return { learner: newLearner(), position: 0 }
  }
  const [newest] = await observationsAfter(saved.position - 1, 1)
  if (newest === undefined) {
    tell({ kind: 'begins_anew', reason: 'ahead_of_events' })
    return { learner: newLearner(), position: 0 }
  }
  return { learner: restored, position: saved.position }
}

function newLearner(): ForecastLearner {
  return new ForecastLearner({ minInstances, windowDays })
}

function learn(observation: Observation): void {
  if (!reportsUsage(observation)) return
  if (learner.learn(toForecastEvent(observation))) isFitted = isFitUnsaved = true
  isBehind = true
}

function isPublishingDue(isCaughtUp: boolean): boolean {
  const sinceMs = performance.now() - publishedAtMs
  if (isFitted) return isCaughtUp || sinceMs > PUBLISH_EVERY_MS
  return isBehind && isCaughtUp && sinceMs > PREVIEW_AFTER_MS
}

function publish(): void {
  const standing = learner.forecaster.published
  const published = isFitted ? standing : learner.preview()
  isBehind = isFitted && learner.isBehind
  isFitted = false
  publishedAtMs = performance.now()
  if (published !== undefined) tell({ kind: 'published', bytes: encodePublishedForecast(published) })
}

function save(): void {
  tell({ kind: 'checkpoint', position, bytes: learner.checkpoint() })
  isFitUnsaved = false
  savedPosition = position
  savedAtMs = performance.now()
}

function tellLag(newest: Observation | undefined): void {
  const lagMs = newest === undefined ? 0 : Math.max(0, Date.now() - newest.receivedAtMs)
  if (lagMs === toldLagMs) return
  toldLagMs = lagMs
  tell({ kind: 'learned', lagMs })
}

function processCpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function tell(message: ForecastMessage): void {
  const handedOver = 'bytes' in message ? [message.bytes.buffer as ArrayBuffer] : []
  parentPort?.postMessage(message, handedOver)
}

function toForecastEvent(observation: Observation) {
  const { taskType, model, provider, complexity, instanceId, succeeded } = observation
  const { inputTokens, outputTokens, costUsdMicros, durationMs } = observation
  return {
    cell: { taskType, model: models.canonical(model), provider, complexity },
    instanceId,
    day: utcDay(observation.receivedAtMs),
    values: [inputTokens, outputTokens, costUsdMicros, durationMs],
    succeeded,
  }
}
