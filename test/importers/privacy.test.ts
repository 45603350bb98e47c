import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { answer, mainFile, prompt, START_MS, uuid } from '../../packages/importers/src/testing/transcript.ts'
import { startGuideServer } from '../guide/guide-server.ts'
import { aHome, filesBelow, type Home, RECORDED_TASKS } from './a-home.ts'
import { startRecordingProxy } from './recording-proxy.ts'

describe('what leaves the machine', () => {
  it.each(['1', 'true'])(
    'is nothing under DO_NOT_TRACK=%s; the logs are read all the same',
    async (value) => {
      await using server = await startGuideServer()
      await using proxy = await startRecordingProxy(server.url)
      using home = aHome()
      home.bringRecorded()

      const { code, stderr, stdout } = await home.run('import', {
        ...server.variables,
        MOSAIC_TELEMETRY_SERVER_URL: proxy.url,
        DO_NOT_TRACK: value,
      })

      expect({ code, received: proxy.received }).toEqual({ code: 0, received: [] })
      expect(stdout).toMatch(/^claude-code +6 +\d+ +5 +0 +0 /m)
      expect(stderr).toContain('DO_NOT_TRACK is set')
      expect(existsSync(join(home.path, '.local/share/mosaic-telemetry/spool'))).toBe(false)
    },
  )

  it('holds no text of a transcript, no path, no branch and no address, neither on the wire nor in the spool', async () => {
    await using server = await startGuideServer()
    await using proxy = await startRecordingProxy(server.url)
    using home = aHome()
    home.bringRecorded()
    const at = (Date.now() - START_MS) / 1000 - 86_400
    home.write(mainFile(), [
      prompt('Rotate SECRET-PROMPT for alice@example.com', {
        promptId: uuid(1),
        at,
        gitBranch: 'SECRET-BRANCH',
      }),
      answer({ id: 'a', at: at + 60, cwd: '/home/SECRET-USER/SECRET-PROJECT' }),
    ])
    const spoolDir = join(home.path, 'spool')
    const variables = { ...server.variables, MOSAIC_TELEMETRY_SPOOL_DIR: spoolDir }

    await home.run('import', { ...variables, MOSAIC_TELEMETRY_SERVER_URL: 'http://127.0.0.1:9' })
    const spooled = filesBelow(spoolDir)
      .map((file) => readFileSync(file, 'latin1'))
      .join('\n')
    await home.run('import', {
      ...variables,
      MOSAIC_TELEMETRY_SERVER_URL: proxy.url,
      MOSAIC_TELEMETRY_LEDGER: join(home.path, 'other.db'),
    })

    const told = [spooled, proxy.received.join('\n')]
    for (const text of told) {
      expect(text.match(/"event_id"/g)).toHaveLength(RECORDED_TASKS + 1)
      for (const secret of ['SECRET', 'alice', 'example.com', home.path, '/workspace', ...textsIn(home)]) {
        expect(text).not.toContain(secret)
      }
    }
  })
})

/** What a person or a model may have written in the transcripts, long enough to be told from a word of ours. */
function textsIn(home: Home): readonly string[] {
  const files = filesBelow(join(home.path, '.claude')).map((file) => readFileSync(file, 'utf8'))
  const fields = /"(?:text|content|command|prompt|slug|cwd|gitBranch)":"([^"\\]{12,})/g
  const texts = files.flatMap((file) => [...file.matchAll(fields)].map(([, text]) => text!))
  expect(texts.length).toBeGreaterThan(20)
  return texts
}
