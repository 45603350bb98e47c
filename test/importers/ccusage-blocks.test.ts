import { expect, it } from 'vitest'

import { ccusageBlocks } from '../../packages/cli/src/report/ccusage-blocks.ts'
import { answer, mainFile, prompt, START_MS, uuid } from '../../packages/importers/src/testing/transcript.ts'
import { aWorkbench } from '../../packages/importers/src/testing/workbench.ts'

const HOUR_S = 3600

function ask(id: string, at: number) {
  return answer({ id, at, input: 22, output: 1000 })
}

/** The rates are those that ccusage 20.0.24 prints for the same requests at the same time. */
it('shows a gap, and how the block that is under way goes on', async () => {
  await using bench = await aWorkbench()
  bench.write(mainFile(), [
    prompt('one', { promptId: uuid(1), at: 0 }),
    ask('a', 0.5 * HOUR_S),
    ask('b', 20 * HOUR_S),
    ask('c', 20 * HOUR_S + 40 * 60),
  ])
  await bench.import()

  const { blocks } = ccusageBlocks(bench.ledger, {}, START_MS + (20 * 60 + 50) * 60_000)

  expect(blocks).toMatchObject([
    { entries: 1, isActive: false, burnRate: null, startTime: '2026-06-01T10:00:00.000Z' },
    { isGap: true, id: 'gap-2026-06-01T15:30:00.000Z', endTime: '2026-06-02T06:00:00.000Z' },
    {
      entries: 2,
      isActive: true,
      endTime: '2026-06-02T11:00:00.000Z',
      burnRate: { tokensPerMinute: 51.1, tokensPerMinuteForIndicator: 51.1 },
      projection: { remainingMinutes: 250, totalTokens: 14_819 },
    },
  ])
})
