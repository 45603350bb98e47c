import { expect, it } from 'vitest'
import { anObservation, aQuery, DAY_MS, instance, NOW_MS } from '../testing/an-observation.ts'
import { weighInstances } from './instance-weights.ts'
import { Predictor } from './predictor.ts'
import { Units } from './units.ts'
import { plainWeighing } from './weighing.ts'

const MINUTE_MS = 60_000

it('keeps what was published for fifteen minutes', () => {
  const { clock, fold, sampleSize } = aPublicPredictor()
  for (let who = 0; who < 8; who++) fold(who)
  const first = sampleSize()

  for (let who = 0; who < 4; who++) fold(who)
  clock.nowMs += 15 * MINUTE_MS - 1
  const before = sampleSize()
  clock.nowMs += 1

  expect([first, before, sampleSize()]).toEqual([8, 8, 12])
})

it('goes on publishing it until events of a second instance have come', () => {
  const { clock, fold, sampleSize } = aPublicPredictor()
  for (let who = 0; who < 8; who++) fold(who)
  sampleSize()

  for (let n = 0; n < 5; n++) fold(3)
  clock.nowMs += 20 * MINUTE_MS
  const afterOne = sampleSize()
  fold(4)

  expect([afterOne, sampleSize()]).toEqual([8, 14])
})

it('looks again every fifteen minutes whether enough instances are established by now', () => {
  let standing = 0.1
  const { clock, fold, sampleSize } = aPublicPredictor(() => standing)
  for (let who = 0; who < 8; who++) fold(who)
  const atFirst = sampleSize()

  standing = 1
  clock.nowMs += 14 * MINUTE_MS
  const early = sampleSize()
  clock.nowMs += MINUTE_MS

  expect([atFirst, early, sampleSize()]).toEqual([0, 0, 8])
})

it('is summarised anew at once when an instance was deleted', () => {
  const { units, fold, sampleSize, predictor } = aPublicPredictor()
  for (let who = 0; who < 8; who++) fold(who)
  sampleSize()

  units.deleteInstance(instance(3))
  predictor.forgetSummaries()

  expect(sampleSize()).toBe(7)
})

it('says nothing of one instance alone', () => {
  const { fold, sampleSize } = aPublicPredictor()

  for (let n = 0; n < 30; n++) fold(0)

  expect(sampleSize()).toBe(0)
})

function aPublicPredictor(standingOf = (): number => 1) {
  const clock = { nowMs: NOW_MS }
  const units = new Units({ windowMs: 90 * DAY_MS })
  const settings = { minInstances: 'auto_from_2', publishedForMs: 15 * MINUTE_MS } as const
  const weighing = { ...plainWeighing, weigh: weighInstances, standingOf }
  const predictor = new Predictor(units, settings, () => clock.nowMs, weighing)
  return {
    clock,
    units,
    predictor,
    fold: (who: number) =>
      units.fold(anObservation({ instanceId: instance(who), receivedAtMs: clock.nowMs })),
    sampleSize: () => predictor.predict(aQuery).metadata.sample_size,
  }
}
