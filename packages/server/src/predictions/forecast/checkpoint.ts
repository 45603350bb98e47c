import type { CalibrationDay } from './calibration.ts'
import { decodeWhole } from './byte-reader.ts'
import type { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'

/**
 * The soft state of a forecaster as bytes, one version: whole numbers, instance ids and names of cells.
 *
 * Instances are listed once, ascending by name, and referred to by rank; cells ascend by key; rings are listed from the
 * oldest entry on. So the same state has one spelling. It is written as a whole and replaced as a whole.
 */
export interface ForecastCheckpoint {
  readonly instances: readonly string[]
  readonly metrics: readonly MetricCheckpoint[]
}

/** A value and the rank of the instance that reported it. */
export type Entry = readonly [instance: number, fixed: number]
/** The losses of all memories for one task, and the rank of its instance. */
export type LossEntry = readonly [instance: number, losses: readonly number[]]

export interface MetricCheckpoint {
  /** By memory and bank. */
  readonly banks: readonly (readonly (readonly Entry[])[])[]
  readonly losses: readonly LossEntry[]
  readonly ownValues: readonly CellCheckpoint[]
  readonly calibration: readonly CalibrationDay[]
}

export interface CellCheckpoint {
  readonly key: string
  readonly entries: readonly Entry[]
  /** Whether any came after the last adoption. */
  readonly isFresh: boolean
}

const VERSION = 2

export function encodeCheckpoint(checkpoint: ForecastCheckpoint): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter()
  const writeEntries = (entries: readonly Entry[]) =>
    writer.list(entries, ([instance, fixed]) => {
      writer.integer(instance)
      writer.signed(fixed)
    })
  writer.integer(VERSION)
  writer.list(checkpoint.instances, (name) => writer.text(name))
  writer.list(checkpoint.metrics, ({ banks, losses, ownValues, calibration }) => {
    writer.list(banks, (own) => writer.list(own, writeEntries))
    writer.list(losses, ([instance, own]) => {
      writer.integer(instance)
      writer.list(own, (loss) => writer.integer(loss))
    })
    writer.list(ownValues, ({ key, entries, isFresh }) => {
      writer.text(key)
      writer.integer(isFresh ? 1 : 0)
      writeEntries(entries)
    })
    writer.list(calibration, ([day, ...counts]) => {
      writer.signed(day)
      for (const count of counts) writer.integer(count)
    })
  })
  return writer.finish()
}

/** Undefined where the bytes are not a checkpoint of this version. */
export function decodeCheckpoint(bytes: Uint8Array): ForecastCheckpoint | undefined {
  return decodeWhole(bytes, (reader) => (reader.integer() === VERSION ? readCheckpoint(reader) : undefined))
}

function readCheckpoint(reader: ByteReader): ForecastCheckpoint {
  const instances = reader.list(() => reader.text())
  const instance = () => reader.below(instances.length)
  const readEntries = () => reader.list((): Entry => [instance(), reader.signed()])
  return {
    instances,
    metrics: reader.list(() => ({
      banks: reader.list(() => reader.list(readEntries)),
      losses: reader.list((): LossEntry => [instance(), reader.list(() => reader.integer())]),
      ownValues: reader.list(() => ({
        key: reader.text(),
        isFresh: reader.integer() === 1,
        entries: readEntries(),
      })),
      calibration: reader.list((): CalibrationDay => [
        reader.signed(),
        reader.integer(),
        reader.integer(),
        reader.integer(),
      ]),
    })),
  }
}
