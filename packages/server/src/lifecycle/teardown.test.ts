import { expect, it } from 'vitest'

import { Teardown } from './teardown.ts'

it('releases what was acquired in the opposite order, each when the one before it is done', async () => {
  const teardown = new Teardown()
  const steps: string[] = []
  for (const name of ['first', 'second']) {
    teardown.defer(name, async () => {
      steps.push(`${name} begins`)
      await Promise.resolve()
      steps.push(`${name} ends`)
    })
  }

  await teardown.run(() => {})

  expect(steps).toEqual(['second begins', 'second ends', 'first begins', 'first ends'])
})

it('goes on past failures and names them', async () => {
  const teardown = new Teardown()
  const steps: string[] = []
  teardown.defer('store', () => steps.push('store'))
  teardown.defer('rejects', () => Promise.reject(new Error('a')))
  teardown.defer('throws', () => {
    throw new Error('b')
  })

  await teardown.run((name, error) => steps.push(`${name}: ${(error as Error).message}`))

  expect(steps).toEqual(['throws: b', 'rejects: a', 'store'])
})

it('releases once however often it is told to, and the second call waits for the first', async () => {
  const teardown = new Teardown()
  let releases = 0
  teardown.defer('slow', async () => {
    await new Promise((resolve) => setImmediate(resolve))
    releases++
  })

  void teardown.run(() => {})
  await teardown.run(() => {})

  expect(releases).toBe(1)
})
