import { describe, expect, it } from 'vitest'
import { OwnValues } from './own-values.ts'

const from = (minInstances: number, isTrusted = (_instance: number) => true) => ({ minInstances, isTrusted })

describe('OwnValues', () => {
  it('has no shape below the instances that it needs', () => {
    const values = new OwnValues()
    for (let task = 0; task < 20; task++) values.add(task % 2, 1)

    expect(values.shape(from(3))).toBeUndefined()
    expect(values.shape(from(2))).toBeDefined()
  })

  it('keeps the last ten of an instance', () => {
    const values = new OwnValues()
    for (let task = 0; task < 50; task++) values.add(1, task)

    expect(values.entries().length).toBe(10)
    expect(values.entries()[0]?.[1]).toBeGreaterThan(values.entries()[0]![0])
  })

  it('weighs its own shape by how much it has seen', () => {
    const values = new OwnValues()
    for (let task = 0; task < 100; task++) values.add(task, task % 2 === 0 ? -1 : 1)

    const shape = values.shape(from(3))

    expect(shape?.weight).toBe(0.5)
    expect([shape?.points[4], shape?.points[14]]).toEqual([-1, 1])
  })

  it('leaves out whom nobody trusts', () => {
    const values = new OwnValues()
    for (let task = 0; task < 40; task++) values.add(task % 4, task % 4 === 0 ? 9 : 0)

    const shape = values.shape(from(3, (instance) => instance !== 0))

    expect([...(shape?.points ?? [])]).toEqual(Array.from({ length: 19 }, () => 0))
  })

  it('forgets an instance', () => {
    const values = new OwnValues()
    for (const instance of [1, 2, 1]) values.add(instance, 0)

    values.forget(1)

    expect(values.entries()).toEqual([[2, 0]])
  })
})
