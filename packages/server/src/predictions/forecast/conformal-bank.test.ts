import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ConformalBank } from './conformal-bank.ts'

const someValues = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 5 }), fc.double({ min: -20, max: 20, noNaN: true })),
  { maxLength: 200 },
)

describe('ConformalBank', () => {
  it('assumes a normal while it has seen nothing', () => {
    const points = new ConformalBank().quantiles()

    expect(points[9]).toBe(0)
    expect(points[17]).toBeCloseTo(1.2816, 4)
  })

  it('gives ascending quantiles', () => {
    fc.assert(
      fc.property(someValues, (values) => {
        const points = bankOf(values).quantiles()

        expect([...points]).toEqual([...points].sort((a, b) => a - b))
      }),
    )
  })

  it('comes to the shape of what it has seen', () => {
    const bank = new ConformalBank()
    for (let task = 0; task < 3000; task++) bank.add(task % 50, (task % 1000) / 1000 + 5)

    expect(bank.quantiles()[1]).toBeCloseTo(5.1, 0)
    expect(bank.quantiles()[9]).toBeCloseTo(5.5, 0)
  })

  it('forgets the oldest beyond 3 000', () => {
    const bank = new ConformalBank()
    for (let task = 0; task < 3000; task++) bank.add(task % 50, -9)
    for (let task = 0; task < 3000; task++) bank.add(task % 50, 9)

    expect(bank.size).toBe(3000)
    expect(bank.quantiles()[0]).toBeGreaterThan(8)
  })

  it('is after forgetting an instance what it would be without it', () => {
    fc.assert(
      fc.property(someValues, (values) => {
        const bank = bankOf(values)
        bank.forget(3)

        expect(bank.quantiles()).toEqual(bankOf(values.filter(([instance]) => instance !== 3)).quantiles())
      }),
    )
  })
})

function bankOf(values: readonly (readonly [instance: number, z: number])[]): ConformalBank {
  const bank = new ConformalBank()
  for (const [instance, z] of values) bank.add(instance, z)
  return bank
}
