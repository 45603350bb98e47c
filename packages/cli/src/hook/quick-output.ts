import { writeSync } from 'node:fs'

/** Writes without the streams of the process; a reader that is gone is no failure. */
export function say(text: string): void {
  write(1, text)
}

export function complain(text: string): void {
  write(2, text)
}

function write(file: number, text: string): void {
  try {
    writeSync(file, `${text}\n`)
  } catch {
    // Nobody listens any more.
  }
}
