import {
  close,
  closeSync,
  fdatasync,
  fdatasyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs'

import { makeDirectory } from '../platform/make-directory.ts'

/** What the spool asks of the disk. Every method may throw what the file system throws. */
export interface SpoolFiles {
  makeDirectory(directory: string): void
  /** The names in a directory, in no order. */
  list(directory: string): string[]
  /** Opens a file for appending, and makes it if need be; readable by its owner only. */
  openForAppend(file: string): number
  /** Returns how many bytes were taken; fewer than given when the disk is full. */
  append(handle: number, bytes: Buffer): number
  /** Hands the bytes to the disk in the background. */
  sync(handle: number): void
  /** The same, and closes the file when that is done. */
  syncThenClose(handle: number): void
  syncNow(handle: number): void
  close(handle: number): void
  read(file: string): Buffer
  rename(from: string, to: string): void
  remove(file: string): void
  /** Sets the time of the last change, in milliseconds since 1970. */
  touch(file: string, nowMs: number): void
  stat(file: string): { readonly bytes: number; readonly changedMs: number }
}

export const nodeSpoolFiles: SpoolFiles = {
  makeDirectory,
  list: (directory) => readdirSync(directory),
  openForAppend: (file) => openSync(file, 'a', 0o600),
  append: (handle, bytes) => writeSync(handle, bytes),
  // What fails here fails again, and is noticed, at the next append.
  sync: (handle) => fdatasync(handle, () => {}),
  syncThenClose: (handle) => fdatasync(handle, () => close(handle, () => {})),
  syncNow: fdatasyncSync,
  close: closeSync,
  read: (file) => readFileSync(file),
  rename: renameSync,
  remove: (file) => rmSync(file, { force: true }),
  touch: (file, nowMs) => utimesSync(file, nowMs / 1000, nowMs / 1000),
  stat(file) {
    const { size, mtimeMs } = statSync(file)
    return { bytes: size, changedMs: mtimeMs }
  },
}
