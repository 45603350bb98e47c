import { describe, expect, it } from 'vitest'
import { SeededRandom } from '../../backtest/seeded-random.ts'
import { aCell, aFitOf, aForecastEvent, readerOf, TODAY } from '../../testing/a-forecast-event.ts'
import type { ForecastEvent } from './forecast-event.ts'
import { Forecaster } from './forecaster.ts'

describe('Forecaster', () => {
  it('forecasts nothing before the first adoption', () => {
    const forecaster = new Forecaster(4)
    forecaster.observe(aTask('a', 10_000))

    expect(readerOf(forecaster).forecast(aCell)).toBeUndefined()
  })

  it('does not change an answer between two adoptions', () => {
    const forecaster = adopted(someTasks(100))
    const before = readerOf(forecaster).forecast(aCell)

    for (const task of someTasks(100, 2)) forecaster.observe(task)

    expect(readerOf(forecaster).forecast(aCell)).toEqual(before)
  })

  it('widens after tasks that fell outside', () => {
    const tasks = someTasks(200)
    const forecaster = adopted(tasks)
    const before = width(forecaster)

    for (const task of someTasks(400, 2)) {
      forecaster.observe({
        ...task,
        values: Array.from(task.values, (value) => (value > 10_000 ? value * 20 : value / 20)),
      })
    }
    forecaster.adopt(aFitOf(tasks))

    expect(width(forecaster)).toBeGreaterThan(before * 4)
  })

  it('gives the same checkpoint for the same calls, byte for byte', () => {
    expect(learnedFrom(someTasks(150)).checkpoint()).toEqual(learnedFrom(someTasks(150)).checkpoint())
  })

  it('answers the same after a restart', () => {
    const tasks = someTasks(150)
    const forecaster = learnedFrom(tasks)
    const restarted = new Forecaster(4)

    expect(restarted.restore(forecaster.checkpoint())).toBe(true)
    restarted.adopt(aFitOf(tasks))
    forecaster.adopt(aFitOf(tasks))

    expect(readerOf(restarted).forecast(aCell)).toEqual(readerOf(forecaster).forecast(aCell))
    expect(restarted.checkpoint()).toEqual(forecaster.checkpoint())
  })

  it('goes on after a restart as if there had been none', () => {
    const tasks = someTasks(150)
    const forecaster = learnedFrom(tasks)
    forecaster.adopt(aFitOf(tasks))
    const restarted = new Forecaster(4)
    restarted.restore(forecaster.checkpoint())
    restarted.adopt(aFitOf(tasks))

    for (const task of someTasks(100, 7)) {
      forecaster.observe(task)
      restarted.observe(task)
    }

    expect(restarted.checkpoint()).toEqual(forecaster.checkpoint())
  })

  it('refuses bytes that are no checkpoint', () => {
    const saved = learnedFrom(someTasks(50)).checkpoint()
    const otherVersion = Uint8Array.of(1, ...saved.subarray(1))

    for (const bytes of [new Uint8Array(), saved.subarray(0, -1), otherVersion]) {
      expect(new Forecaster(4).restore(bytes)).toBe(false)
    }
  })

  it('keeps nothing of an instance that is to be forgotten', () => {
    const forecaster = learnedFrom(someTasks(150))

    forecaster.forget('i3')

    const kept = new TextDecoder().decode(forecaster.checkpoint())
    expect(kept).not.toContain('\u0002i3')
    expect(kept).toContain('\u0002i4')
  })

  it('learns nothing from an instance that the fit has set aside', () => {
    const honest = someTasks(200)
    const flood = Array.from({ length: 100 }, () => aTask('x', 10_000_000))
    const forecaster = adopted([...honest, ...flood])
    const before = forecaster.checkpoint()

    for (const task of flood) forecaster.observe(task)

    expect(forecaster.checkpoint()).toEqual(before)
  })

  it('says how often its ranges held', () => {
    const tasks = someTasks(300)
    const forecaster = learnedFrom(tasks)
    forecaster.adopt(aFitOf(tasks))

    const { n, observed_30d: observed } = readerOf(forecaster).forecast(aCell)!.calibration

    expect(n).toBe(4 * 300)
    expect(observed).toBeGreaterThan(0.7)
    expect(observed).toBeLessThan(0.9)
  })
})

function aTask(instanceId: string, value: number, day = TODAY): ForecastEvent {
  return aForecastEvent({ instanceId, day, values: [value, value / 10, value * 3, value / 2] })
}

/** Tasks of 40 instances around 10 000 tokens. */
function someTasks(count: number, seed = 1): ForecastEvent[] {
  const random = new SeededRandom(seed)
  return Array.from({ length: count }, (_, index) => aTask(`i${index % 40}`, Math.exp(9.2 + random.normal())))
}

function adopted(tasks: readonly ForecastEvent[]): Forecaster {
  const forecaster = new Forecaster(4)
  forecaster.adopt(aFitOf(tasks))
  return forecaster
}

/** Has adopted a fit of the tasks and then seen others like them. */
function learnedFrom(tasks: readonly ForecastEvent[]): Forecaster {
  const forecaster = adopted(tasks)
  for (const task of someTasks(tasks.length, 2)) forecaster.observe(task)
  return forecaster
}

function width(forecaster: Forecaster): number {
  const { p10, p90 } = readerOf(forecaster).forecast(aCell)!.input_tokens!
  return p90 / p10
}
