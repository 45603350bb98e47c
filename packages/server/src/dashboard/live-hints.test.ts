import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { type Listener, LiveHints } from './live-hints.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A page that notes what it hears, until it is full. */
function aPage(maxTexts = Infinity): Listener & { readonly heard: string[]; readonly ended: () => boolean } {
  const heard: string[] = []
  let isEnded = false
  return {
    heard,
    ended: () => isEnded,
    send: (text) => heard.push(text) <= maxTexts,
    end: () => (isEnded = true),
  }
}

it('sends one hint for all that happens within a second, and the next one after it', () => {
  const live = new LiveHints()
  const page = aPage()
  live.listen(page)

  for (let change = 0; change < 50; change++) live.hint('numbers')
  live.hint('runs')
  vi.advanceTimersByTime(1000)
  live.hint('numbers')
  vi.advanceTimersByTime(1000)

  expect(page.heard).toEqual([
    'event: numbers\ndata: {}\n\n',
    'event: runs\ndata: {}\n\n',
    'event: numbers\ndata: {}\n\n',
  ])
})

it('says every fifteen seconds that it is still there', () => {
  const live = new LiveHints()
  const page = aPage()
  live.listen(page)

  vi.advanceTimersByTime(31_000)

  expect(page.heard).toEqual([': still here\n\n', ': still here\n\n'])
})

it('takes a hundred listeners, and another one when one has gone', () => {
  const live = new LiveHints()
  const stops = Array.from({ length: 100 }, () => live.listen(aPage()))

  const refused = live.listen(aPage())
  stops[0]?.()

  expect(refused).toBeUndefined()
  expect(live.listeners).toBe(99)
  expect(live.listen(aPage())).toBeDefined()
})

it('ends a page that does not read, and not the others', () => {
  const live = new LiveHints()
  const [slow, other] = [aPage(0), aPage()]
  live.listen(slow)
  live.listen(other)

  live.hint('runs')
  vi.advanceTimersByTime(1000)

  expect([slow.ended(), other.ended(), live.listeners]).toEqual([true, false, 1])
})

it('ends all of them, and sends nothing after that', () => {
  const live = new LiveHints()
  const page = aPage()
  live.listen(page)
  live.hint('runs')

  live.close()
  vi.advanceTimersByTime(60_000)

  expect([page.ended(), page.heard, live.listeners]).toEqual([true, [], 0])
})
