import { expect, it } from 'vitest'

import { soakRuns } from '../../bench/runs/soak-runs.ts'

// `bench/runs/soak.ts` does the same with a thousand runs each.
it(
  '16 processes on one buffer lose, repeat and leave open none of 1 600 runs, while the server is killed three times',
  {
    timeout: 120_000,
  },
  async () => {
    const { seconds: _, ...result } = await soakRuns({ processes: 16, runsPerProcess: 100, restarts: 3 })

    expect(result).toEqual({ stored: 1600, repeated: 0, open: 0, lines: 3200, deadLetters: 0 })
  },
)
