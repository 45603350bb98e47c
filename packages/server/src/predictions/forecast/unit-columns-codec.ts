import type { Cell } from '../level-rules.ts'
import { decodeWhole, UnreadableBytes } from './byte-reader.ts'
import type { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import type { UnitColumns } from './unit-columns.ts'

/**
 * The stored form of the sums that the fit needs.
 *
 *     integer   version, 1
 *     list      cells: four texts each; ascending
 *     list      instances: a text each; ascending
 *     integer   metrics
 *     integer   rows
 *     then, for each row in the order of `UnitColumns`:
 *       integer   cells since the row before
 *       integer   instances since the row before, from 0 on in every new cell
 *       signed    days since the row before
 *       integers  events, successes, and for each metric count, sum, squares
 *
 * Always true
 * - Rows have one order and a number one encoding: the same set of events has the same bytes.
 * - A version that is not known is not read. What is here follows from the stored events.
 *
 * A row of four metrics takes some 40 bytes; in memory it takes 136.
 */
const VERSION = 1

export function encodeUnitColumns(columns: UnitColumns): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter()
  writer.integer(VERSION)
  writer.list(columns.cells, ({ taskType, model, provider, complexity }) => {
    for (const text of [taskType, model, provider, complexity]) writer.text(text)
  })
  writer.list(columns.instances, (name) => writer.text(name))
  writer.integer(columns.metrics.length)
  writer.integer(columns.size)

  const numbers = numbersOf(columns)
  let [cell, instance, day] = [0, 0, 0]
  for (let row = 0; row < columns.size; row++) {
    const newCells = (columns.cell[row] as number) - cell
    if (newCells > 0) instance = 0
    writer.integer(newCells)
    writer.integer((columns.instance[row] as number) - instance)
    writer.signed((columns.day[row] as number) - day)
    cell = columns.cell[row] as number
    instance = columns.instance[row] as number
    day = columns.day[row] as number
    for (const column of numbers) writer.integer(column[row] as number)
  }
  return writer.finish()
}

/** Undefined where the bytes are not of this version. */
export function decodeUnitColumns(bytes: Uint8Array): UnitColumns | undefined {
  return decodeWhole(bytes, (reader) => (reader.integer() === VERSION ? readColumns(reader) : undefined))
}

function readColumns(reader: ByteReader): UnitColumns {
  const cells = reader.list((): Cell => ({
    taskType: reader.text(),
    model: reader.text(),
    provider: reader.text(),
    complexity: reader.text(),
  }))
  const instances = reader.list(() => reader.text())
  const metricCount = reader.integer()
  const size = reader.count()
  const column = () => new Float64Array(size)
  const columns: UnitColumns = {
    cells,
    instances,
    size,
    cell: new Int32Array(size),
    instance: new Int32Array(size),
    day: new Int32Array(size),
    events: column(),
    successes: column(),
    metrics: Array.from({ length: metricCount }, () => ({
      count: column(),
      sum: column(),
      squares: column(),
    })),
  }
  readRows(reader, columns)
  return columns
}

function readRows(reader: ByteReader, columns: UnitColumns): void {
  const numbers = numbersOf(columns)
  let [cell, instance, day] = [0, 0, 0]
  for (let row = 0; row < columns.size; row++) {
    const newCells = reader.integer()
    cell += newCells
    instance = (newCells > 0 ? 0 : instance) + reader.integer()
    day += reader.signed()
    if (cell >= columns.cells.length || instance >= columns.instances.length) {
      throw new UnreadableBytes('a row names a cell or an instance that is not there')
    }
    columns.cell[row] = cell
    columns.instance[row] = instance
    columns.day[row] = day
    for (const column of numbers) column[row] = reader.integer()
  }
}

function numbersOf({ events, successes, metrics }: UnitColumns): readonly Float64Array[] {
  return [events, successes, ...metrics.flatMap(({ count, sum, squares }) => [count, sum, squares])]
}
