import { expect, it } from 'vitest'

import { soakRuns } from './soak-runs.ts'

it(
  '16 processes on one buffer lose, repeat and leave open none of 16 000 runs, while the server is killed three times',
  {
    timeout: 180_000,
  },
  async () => {
    const { seconds: _, ...result } = await soakRuns({ processes: 16, runsPerProcess: 1000, restarts: 3 })

    expect(result).toEqual({ stored: 16_000, repeated: 0, open: 0, lines: 32_000, deadLetters: 0 })
  },
)
