import { appendFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { beforeAll, describe, expect, it } from 'vitest'

import { answer, mainFile, prompt, uuid } from '../../packages/importers/src/testing/transcript.ts'
import { asLines } from '../../packages/importers/src/testing/workbench.ts'
import { startCli } from '../cli/run-cli.ts'
import { aHome, type Home } from './a-home.ts'

describe('an import that is disturbed', () => {
  const sessions = manySessions()
  let clean: unknown

  beforeAll(async () => {
    using home = aHome()
    for (const [name, lines] of sessions) home.write(name, lines)
    clean = await resultOf(home)
  })

  it('ends with the same ledger and the same events after it was killed half way', async () => {
    using home = aHome()
    for (const [name, lines] of sessions) home.write(name, lines)
    const child = startCli(['import'], home.variables)
    await until(() => existsSync(`${home.ledger}-wal`))
    child.process.kill('SIGKILL')
    const { signal } = await child.finished

    expect(signal).toBe('SIGKILL')
    expect(await resultOf(home)).toEqual(clean)
  })

  it('ends with the same ledger and the same events where an agent was writing meanwhile', async () => {
    using home = aHome()
    const child = startCli(['import', '--watch'], home.variables)
    await until(() => existsSync(`${home.ledger}-wal`))
    for (const [name, lines] of sessions) await writeInPieces(home, name, Buffer.from(asLines(lines)))
    child.process.kill('SIGINT')
    const { code } = await child.finished

    expect(code).toBe(0)
    expect(await resultOf(home)).toEqual(clean)
  })
})

/** What the ledger holds and what would be sent, once an import has run to its end. */
async function resultOf(home: Home): Promise<unknown> {
  await home.run('import')
  const { stdout } = await home.run('import --dry-run')
  return { contents: await home.ledgerContents(), events: stdout }
}

function manySessions(): readonly (readonly [path: string, lines: readonly unknown[]])[] {
  return Array.from({ length: 60 }, (_, n) => {
    const session = uuid(n + 1)
    const turn = (number: number): readonly unknown[] => {
      const at = number * 100
      const steps = [1, 2, 3, 4].map((step) =>
        answer({ session, id: `${n}-${number}-${step}`, at: at + step }),
      )
      return [prompt('go', { session, promptId: uuid(n * 1000 + number), at }), steps].flat()
    }
    return [mainFile(session), [turn(1), turn(2)].flat()] as const
  })
}

/** As an agent writes: cut anywhere, also within a line. */
async function writeInPieces(home: Home, name: string, bytes: Buffer): Promise<void> {
  home.write(name, '')
  for (let from = 0; from < bytes.length; from += 1777) {
    appendFileSync(join(home.path, name), bytes.subarray(from, from + 1777))
    await sleep(1)
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(2)
}
