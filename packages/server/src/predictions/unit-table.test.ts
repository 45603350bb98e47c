import fc from 'fast-check'
import { expect, it } from 'vitest'
import { UnitField } from './unit-records.ts'
import { UnitTable } from './unit-table.ts'

const cell = { taskType: 't', provider: 'p', complexity: 'c' }

it('finds every unit by its key, whatever was opened and closed', () => {
  const someKey = fc.record({
    model: fc.nat(3),
    instance: fc.nat(30),
    bucket: fc.integer({ min: 0, max: 8 }),
  })

  fc.assert(
    fc.property(fc.array(someKey, { maxLength: 400, size: 'max' }), (keys) => {
      const table = new UnitTable(1)
      const open = new Set<string>()
      for (const { model, instance, bucket } of keys) {
        const ofModel = table.cells.open({ ...cell, model: `${model}` })
        const key = `${model} ${instance} ${bucket}`
        const unit = table.find(ofModel, instance, bucket)
        expect(unit !== -1).toBe(open.has(key))
        if (unit === -1) table.open(ofModel, instance, bucket)
        else table.close(unit)
        if (!open.delete(key)) open.add(key)
      }

      const found = Array.from(table.all(), (unit) => {
        const { model } = table.cellOf(unit).cell
        return `${model} ${table.instanceOf(unit)} ${table.bucketOf(unit)}`
      })
      expect(new Set(found)).toEqual(open)
      expect([found.length, table.size]).toEqual([open.size, open.size])
    }),
    { numRuns: 200 },
  )
})

it('names departures in the order of their moments, also of those that were moved or removed', () => {
  const someMoments = fc.array(
    fc.record({ first: fc.nat(50), later: fc.option(fc.nat(50)), goes: fc.boolean() }),
    {
      maxLength: 60,
    },
  )

  fc.assert(
    fc.property(someMoments, (moments) => {
      const table = new UnitTable(1)
      const opened = table.cells.open({ ...cell, model: 'm' })
      const units = moments.map(({ first }, instance) => {
        const unit = table.open(opened, instance, 0)
        table.records.set(unit, UnitField.OLDEST, first)
        table.departures.add(unit)
        return unit
      })
      const left: number[] = []
      for (const [index, { first, later, goes }] of moments.entries()) {
        if (later !== null) {
          table.records.set(units[index]!, UnitField.OLDEST, later)
          table.departures.move(units[index]!)
        }
        if (goes) table.departures.remove(units[index]!)
        else left.push(later ?? first)
      }

      const named: number[] = []
      for (
        let unit = table.departures.firstDue(40);
        unit !== undefined;
        unit = table.departures.firstDue(40)
      ) {
        named.push(table.records.get(unit, UnitField.OLDEST))
        table.departures.remove(unit)
      }

      expect(named).toEqual(left.filter((moment) => moment <= 40).toSorted((a, b) => a - b))
    }),
  )
})
