import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'

import { makeDirectory } from './make-directory.ts'

let home: string
beforeEach(() => void (home = mkdtempSync(join(tmpdir(), 'mosaic-telemetry-test-'))))
afterEach(() => rmSync(home, { recursive: true }))

it('makes a directory and those above it, for their owner only', () => {
  makeDirectory(join(home, 'a/b'))

  expect([statSync(join(home, 'a')).mode & 0o777, statSync(join(home, 'a/b')).mode & 0o777]).toEqual([
    0o700, 0o700,
  ])
})

it('leaves a directory that is there as it is', () => {
  makeDirectory(join(home, 'a'))

  makeDirectory(join(home, 'a'))

  expect(existsSync(join(home, 'a'))).toBe(true)
})

it('throws where a directory cannot be made, also where nothing may be made at all', () => {
  writeFileSync(join(home, 'file'), '')

  expect(() => makeDirectory(join(home, 'file/a'))).toThrow('ENOTDIR')
  // Linux: `/proc` is there and takes nothing. Elsewhere the root itself refuses, or is no place at all.
  expect(() => makeDirectory('/proc/nowhere/a')).toThrow(/ENOENT|EACCES|EROFS|EPERM/)
})
