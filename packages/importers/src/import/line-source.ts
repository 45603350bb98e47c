import { gatherLines, type LinesPart } from './gather-lines.ts'
import type { ReadJob } from './read-log.ts'

/** Where the parts of a log of lines come from: this thread, or one that reads ahead. */
export interface LineSource {
  /** @throws what opening or reading the file throws. */
  read(job: ReadJob): Iterable<LinesPart> | AsyncIterable<LinesPart>
  close(): Promise<void>
}

/** Reads in this thread. */
export const readHere: LineSource = {
  read({ importer, log, progress }) {
    if (importer.format.kind !== 'lines') throw new TypeError(`${importer.harness} has no lines`)
    return gatherLines(importer.format, log, progress)
  },
  close: () => Promise.resolve(),
}
