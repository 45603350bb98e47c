import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { aWorkbench } from '../testing/workbench.ts'
import { openLedger } from './ledger.ts'
import { ledgerPath } from './ledger-path.ts'
import { joinCopies, type LoggedRequest } from './request-join.ts'

describe('opening a ledger', () => {
  it("refuses another application's database and one from a newer version", async () => {
    await using bench = await aWorkbench()
    const path = join(bench.home, 'other.db')
    const other = await openLedger({ path })
    other.database.exec('PRAGMA user_version = 99')
    other.close()

    await expect(openLedger({ path })).rejects.toMatchObject({ code: 'LEDGER_TOO_NEW' })

    const again = await import('./sqlite-driver.ts').then(({ openSqlite }) => openSqlite(path))
    again.exec('PRAGMA application_id = 1')
    again.close()
    await expect(openLedger({ path })).rejects.toMatchObject({ code: 'LEDGER_NOT_OURS' })
  })

  it('says what to do where the file cannot be', async () => {
    await using bench = await aWorkbench()
    writeFileSync(join(bench.home, 'file'), '')

    const opening = openLedger({ path: join(bench.home, 'file', 'ledger.db') })

    await expect(opening).rejects.toMatchObject({
      code: 'LEDGER_UNUSABLE',
      hint: expect.stringContaining('MOSAIC_TELEMETRY_LEDGER'),
    })
  })

  it('starts anew where the file was removed', async () => {
    await using bench = await aWorkbench()
    bench.bring('claude-code/recorded', '.claude')
    await bench.import()
    bench.ledger.close()
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${bench.ledger.path}${suffix}`, { force: true })
    await bench.reopen()

    const report = await bench.import()

    expect(report.files.read).toBe(6)
  })
})

describe('its place', () => {
  const home = '/home/someone'
  const at = (platform: NodeJS.Platform, env: Record<string, string> = {}) =>
    ledgerPath({ platform, home, env: (name) => env[name] })

  it('follows the customs of each system', () => {
    expect(at('linux')).toBe('/home/someone/.local/state/mosaic-telemetry/ledger.db')
    expect(at('linux', { XDG_STATE_HOME: '/state' })).toBe('/state/mosaic-telemetry/ledger.db')
    expect(at('darwin')).toBe('/home/someone/Library/Application Support/mosaic-telemetry/ledger.db')
    expect(at('win32', { LOCALAPPDATA: 'C:\\Local' })).toBe('C:\\Local\\mosaic-telemetry\\ledger.db')
    expect(at('linux', { MOSAIC_TELEMETRY_LEDGER: '/elsewhere.db' })).toBe('/elsewhere.db')
  })
})

describe('copies of a response', () => {
  const count = fc.nat(3)
  const copy: fc.Arbitrary<LoggedRequest> = fc.record({
    session: fc.constantFrom('s', 't'),
    prompt: fc.constantFrom('p', 'q'),
    atMs: count,
    role: fc.constantFrom('main', 'subagent'),
    isSidechain: fc.boolean(),
    subagent: fc.constantFrom(null, 'x'),
    tokens: fc.record({
      freshInput: count,
      cacheRead: count,
      cacheWrite5m: count,
      cacheWrite1h: count,
      output: count,
      reasoning: count,
    }),
    isOutputPartial: fc.boolean(),
  })

  it('join to the same in any order, any grouping and any number', () => {
    fc.assert(
      fc.property(copy, copy, copy, (a, b, c) => {
        expect(joinCopies(a, b)).toEqual(joinCopies(b, a))
        expect(joinCopies(joinCopies(a, b), c)).toEqual(joinCopies(a, joinCopies(b, c)))
        expect(joinCopies(joinCopies(a, b), b)).toEqual(joinCopies(a, b))
      }),
      { numRuns: 1000 },
    )
  })
})
