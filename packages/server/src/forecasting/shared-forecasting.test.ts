import { expect, it } from 'vitest'

import { ForecastLearner } from '../predictions/forecast/forecast-learner.ts'
import type { PublishedForecast } from '../predictions/forecast/forecast-reader.ts'
import { aForecastEvent } from '../testing/a-forecast-event.ts'
import { instance, NOW_MS } from '../testing/an-observation.ts'
import { createInstance, ENGINES } from '../testing/engines.ts'
import type { Store } from '../storage/store.ts'
import type { Forecasting } from './forecasting.ts'
import { SharedForecasting } from './shared-forecasting.ts'

for (const engine of ENGINES) {
  it(`${engine.name}: lets whoever leads learn, and everybody have what it publishes`, async () => {
    await using database = await engine.createDatabase()
    const [first, second] = [
      new Process(await database.open(), true),
      new Process(await database.open(), false),
    ]
    const published = aPublishedForecast(100)

    await exchangeAll(first, second)
    first.learns(published)
    await exchangeAll(first, second)
    await exchangeAll(first, second)

    expect([first.isLearning, second.isLearning]).toEqual([true, false])
    expect([first.published, second.published]).toEqual([[published], [published]])
  })

  it(`${engine.name}: goes on learning in the next process that leads, which answers with the last forecast until then`, async () => {
    await using database = await engine.createDatabase()
    const [first, second] = [
      new Process(await database.open(), true),
      new Process(await database.open(), false),
    ]
    await exchangeAll(first)
    first.learns(aPublishedForecast(100))
    await exchangeAll(first)

    first.isLeading = false
    second.isLeading = true
    await exchangeAll(first, second)
    const atOnce = [...second.published]
    second.learns(aPublishedForecast(200))
    await exchangeAll(second, first)

    expect([first.isLearning, second.isLearning]).toEqual([false, true])
    expect(atOnce).toEqual([aPublishedForecast(100)])
    expect(first.published.at(-1)).toEqual(aPublishedForecast(200))
  })

  it(`${engine.name}: gives nobody a forecast that knows a deleted instance, and publishes one that does not`, async () => {
    await using database = await engine.createDatabase()
    const store = await database.open()
    await createInstance(store, 0)
    const [first, second] = [new Process(store, true), new Process(await database.open(), false)]
    await exchangeAll(first)
    first.learns(aPublishedForecast(100))

    await store.deleteInstance(instance(0), NOW_MS)
    await exchangeAll(first, second)
    const before = [...second.published]
    first.forecasting.relearn()
    await exchangeAll(first)
    first.learns(aPublishedForecast(50))
    await exchangeAll(first, second)

    expect(before).toEqual([])
    expect(second.published).toEqual([aPublishedForecast(50)])
    expect(first.isLearning).toBe(true)
  })
}

/** What a server process has of it, with a learner that publishes when the test says so. */
class Process {
  isLeading: boolean
  isLearning = false
  readonly published: PublishedForecast[] = []
  readonly forecasting: SharedForecasting
  #publish: (published: PublishedForecast) => void = () => {}

  constructor(store: Store, isLeading: boolean) {
    this.isLeading = isLeading
    this.forecasting = new SharedForecasting({
      store,
      isLeading: () => this.isLeading,
      learning: (publish) => this.#learnerFor(publish),
      publish: (published) => this.published.push(published),
    })
    this.forecasting.start((error) => expect.unreachable(String(error)))
  }

  learns(published: PublishedForecast): void {
    this.#publish(published)
  }

  #learnerFor(publish: (published: PublishedForecast) => void): Forecasting {
    this.#publish = publish
    return {
      lagMs: 0,
      start: () => (this.isLearning = true),
      relearn: () => {},
      end: async () => void (this.isLearning = false),
    }
  }
}

async function exchangeAll(...processes: readonly Process[]): Promise<void> {
  for (const { forecasting } of processes) await forecasting.exchange()
}

function aPublishedForecast(tasks: number): PublishedForecast {
  const learner = new ForecastLearner({ minInstances: 1, windowDays: 90 })
  for (let task = 0; task < tasks; task++) {
    const size = 1000 + task * 10
    learner.learn(aForecastEvent({ values: [size, size, size, size] }))
  }
  const published = learner.forecaster.published ?? learner.preview()
  if (published === undefined) throw new Error('nothing was published')
  return published
}
