import { expect, it } from 'vitest'

import { moment } from './format.ts'

it('shows a moment to the minute, and none as nothing', () => {
  expect([moment('2026-11-21T09:30:00.999Z'), moment(null)]).toEqual(['2026-11-21 09:30', ''])
})
