import { expect, it } from 'vitest'

import type { StoredUnit } from '../../predictions/units.ts'
import { anObservation, instance } from '../../testing/an-observation.ts'
import { unitSaving } from './unit-saving.ts'

it('hands units over in pieces and saves all of them together', async () => {
  const writer = aWriter()
  const save = unitSaving(writer)

  await save(someUnits(300), 7)

  expect(writer.pieces.length).toBe(3)
  expect(writer.saved).toEqual([{ units: 300, position: 7 }])
})

it('saves the position where no unit has changed', async () => {
  const writer = aWriter()

  await unitSaving(writer)([], 7)

  expect(writer.saved).toEqual([{ units: 0, position: 7 }])
})

it('keeps two saves apart', async () => {
  const writer = aWriter()
  const save = unitSaving(writer)

  await Promise.all([save(someUnits(200), 1), save(someUnits(130), 2)])

  expect(writer.saved).toEqual([
    { units: 200, position: 1 },
    { units: 130, position: 2 },
  ])
})

it('begins anew after a save that failed', async () => {
  const writer = aWriter()
  const save = unitSaving(writer)
  writer.failAtPiece = 2

  await expect(save(someUnits(300), 1)).rejects.toThrow('the thread has ended')
  await save(someUnits(3), 2)

  expect(writer.saved).toEqual([{ units: 3, position: 2 }])
})

/** Takes units as the writer's thread does. */
function aWriter() {
  let handedOver: StoredUnit[] = []
  const writer = {
    pieces: [] as number[],
    saved: [] as { units: number; position: number }[],
    failAtPiece: 0,
    async handOverUnits(units: readonly StoredUnit[], from: number): Promise<void> {
      if (writer.pieces.push(units.length) === writer.failAtPiece) throw new Error('the thread has ended')
      handedOver = [...handedOver.slice(0, from), ...units]
    },
    async saveUnits(position: number): Promise<void> {
      writer.saved.push({ units: handedOver.length, position })
      handedOver = []
    },
  }
  return writer
}

function someUnits(count: number): readonly StoredUnit[] {
  const { taskType, model, provider, complexity } = anObservation()
  return Array.from({ length: count }, (_, number) => {
    const instanceId = instance(number)
    return { taskType, model, provider, complexity, instanceId, day: 20_778, samples: Uint8Array.of(1) }
  })
}
