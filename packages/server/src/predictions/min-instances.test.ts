import { expect, it } from 'vitest'
import { aCell, aFitOf, aForecastEvent } from '../testing/a-forecast-event.ts'
import { Forecaster } from './forecast/forecaster.ts'
import { ForecastReader } from './forecast/forecast-reader.ts'
import { leastInstances, type MinInstances } from './min-instances.ts'

it.each([
  ['auto', [1, 1, 1, 2, 5, 5]],
  ['auto_from_2', [2, 2, 2, 2, 5, 5]],
  [3, [3, 3, 3, 3, 3, 3]],
] as const)('%s asks for a number of instances that follows from all', (setting, expected) => {
  expect([0, 1, 7, 8, 20, 400].map((all) => leastInstances(setting, all))).toEqual(expected)
})

it('lets the forecast say nothing of one instance alone, where that is asked', () => {
  const alone = forecastFrom(['a'])
  const [self, strangers] = [alone('auto'), alone('auto_from_2')]

  expect(self?.input_tokens?.p50).toBeGreaterThan(0)
  expect(strangers).toBeUndefined()
  expect(forecastFrom(['a', 'b'])('auto_from_2')?.evidence.instances).toBe(2)
})

it('keeps what one instance alone reports of a model out of the forecast for that model', () => {
  const own = Array.from({ length: 40 }, () =>
    aForecastEvent({ instanceId: 'a', values: [5_000_000], cell: { model: 'secret' } }),
  )
  const others = ['b', 'c', 'd'].flatMap((instanceId) =>
    Array.from({ length: 20 }, () => aForecastEvent({ instanceId, values: [1000] })),
  )

  const forecast = (minInstances: MinInstances) =>
    read([...own, ...others], minInstances, { ...aCell, model: 'secret' })?.input_tokens?.p50 ?? 0

  expect(forecast('auto')).toBeGreaterThan(1_000_000)
  expect(forecast('auto_from_2')).toBeLessThan(100_000)
})

function forecastFrom(instances: readonly string[]) {
  const events = instances.flatMap((instanceId) =>
    Array.from({ length: 20 }, (_, n) => aForecastEvent({ instanceId, values: [1000 + n] })),
  )
  return (minInstances: MinInstances) => read(events, minInstances, aCell)
}

function read(events: Parameters<typeof aFitOf>[0], minInstances: MinInstances, cell: typeof aCell) {
  const reader = new ForecastReader()
  reader.publish(new Forecaster(1).preview(aFitOf(events, { minInstances })))
  return reader.forecast(cell)
}
