import { expect, it } from 'vitest'

import { repeat } from './repeat.ts'

it('works again and again, also after a failure, and never twice at once', async () => {
  const failures: unknown[] = []
  let turns = 0
  let underWay = 0
  let mostUnderWay = 0
  const third = aSignal()

  const end = repeat(
    () => 1,
    async () => {
      mostUnderWay = Math.max(mostUnderWay, ++underWay)
      await new Promise((resolve) => setTimeout(resolve, 3))
      underWay--
      if (++turns === 1) throw new Error('first')
      if (turns === 3) third.give()
    },
    (error) => failures.push(error),
  )
  await third.given
  await end()

  expect(failures).toEqual([new Error('first')])
  expect(mostUnderWay).toBe(1)
})

it('waits at its end for the turn under way and begins no other', async () => {
  let turns = 0
  const begun = aSignal()
  const goOn = aSignal()
  const end = repeat(
    () => 1,
    async () => {
      begun.give()
      await goOn.given
      turns++
    },
    () => {},
  )
  await begun.given

  const ended = end()
  const turnsBefore = turns
  goOn.give()
  await ended
  const turnsAtEnd = turns
  await new Promise((resolve) => setTimeout(resolve, 10))

  expect([turnsBefore, turnsAtEnd, turns]).toEqual([0, 1, 1])
})

/** Something that a test or the work under test waits for. */
function aSignal(): { readonly given: Promise<void>; readonly give: () => void } {
  let resolveGiven: (() => void) | undefined
  const given = new Promise<void>((resolve) => {
    resolveGiven = resolve
  })
  return { given, give: () => resolveGiven?.() }
}
