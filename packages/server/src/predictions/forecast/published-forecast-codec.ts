import type { Cell } from '../level-rules.ts'
import type { ByteReader } from './byte-reader.ts'
import { decodeWhole } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import { cellsOf, EFFECT_COUNT, effectNames, layOutEffects } from './effect-layout.ts'
import type { EffectLayout } from './effect-layout.ts'
import type { FittedEffects } from './fitted-effects.ts'
import { cellKey } from './forecast-event.ts'
import { MEMORY_COUNT } from './forecast-fit.ts'
import type { FittedMemory, ForecastFit } from './forecast-fit.ts'
import type { PublishedForecast } from './forecast-reader.ts'
import { BANK_COUNT } from './forecast-snapshot.ts'
import type { MetricTables } from './forecast-snapshot.ts'
import { CURVE_POINTS } from './quantile-curve.ts'

/**
 * A published forecast as bytes: for another thread, another process, or the next start.
 *
 *     integer   version, 1
 *     list      words: every text that a cell is made of, once; a cell is four numbers of words
 *     list      cells of the fit, ascending; which groups there are, and how many, follows from them
 *     integers  day, k, instances
 *     integers  contributors, effect by effect, group by group
 *     list      instances that count less than fully: a text and a double
 *     list      metrics, and one more for success: 0, or 1 and what was fitted
 *     list      by metric: zero shares, a list of the number of a word and a double
 *     list      by metric: tables; memory, quantiles of the banks, own shapes
 *     list      by metric: calibration
 *
 * Always true
 * - What is decoded answers as what was encoded, bit for bit, and encodes to the same bytes.
 * - A version that is not known is not read: whoever reads waits for a forecast that it knows.
 */
const VERSION = 1

const MODEL = effectNames.indexOf('model')
const TASK_MODEL = effectNames.indexOf('taskModel')

export function encodePublishedForecast({
  fit,
  tables,
  calibration,
}: PublishedForecast): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter()
  writer.integer(VERSION)
  const words = writeCells(writer, cellsOf(fit.layout), tables)
  for (const number of [fit.today, fit.minInstances, fit.instances]) writer.integer(number)
  for (const counts of fit.contributors) for (const count of counts) writer.integer(count)
  writer.list([...fit.distrusted], ([name, trust]) => {
    writer.text(name)
    writer.double(trust)
  })
  writer.list(fit.metrics, (memories) => {
    writer.integer(memories === undefined ? 0 : 1)
    for (const memory of memories ?? []) writeMemory(writer, memory)
  })
  writer.integer(fit.success === undefined ? 0 : 1)
  if (fit.success !== undefined) writeEffects(writer, fit.success)
  writer.list(fit.zeroShares, (shares) =>
    writer.list([...shares], ([model, share]) => {
      writer.integer(words.get(model) ?? 0)
      writer.double(share)
    }),
  )
  writer.list(tables, (own) => writeTables(writer, own, words))
  writer.list(calibration, ({ tasks, inside, loss }) => {
    writer.integer(tasks)
    writer.integer(inside)
    writer.double(loss)
  })
  return writer.finish()
}

/** Undefined where the bytes are not of this version. */
export function decodePublishedForecast(bytes: Uint8Array): PublishedForecast | undefined {
  return decodeWhole(bytes, (reader) => (reader.integer() === VERSION ? readForecast(reader) : undefined))
}

function readForecast(reader: ByteReader): PublishedForecast {
  const words = reader.list(() => reader.text())
  const word = () => words[reader.below(words.length)] as string
  const layout = layOutEffects(reader.list(() => readCell(word)))
  const [today, minInstances, instances] = [reader.integer(), reader.integer(), reader.integer()]
  const fit: ForecastFit = {
    today,
    minInstances,
    instances,
    layout,
    contributors: layout.groups.map((groups) =>
      Uint32Array.from({ length: groups.size }, () => reader.integer()),
    ),
    distrusted: new Map(reader.list(() => [reader.text(), reader.double()])),
    metrics: reader.list(() =>
      reader.integer() === 0
        ? undefined
        : Array.from({ length: MEMORY_COUNT }, () => readMemory(reader, layout)),
    ),
    success: reader.integer() === 0 ? undefined : readEffects(reader, layout),
    zeroShares: reader.list(() => new Map(reader.list(() => [word(), reader.double()]))),
  }
  return {
    fit,
    tables: reader.list(() => readTables(reader, word)),
    calibration: reader.list(() => ({
      tasks: reader.integer(),
      inside: reader.integer(),
      loss: reader.double(),
    })),
  }
}

/** Writes words and cells. A shape may be of a cell that the fit has forgotten since. */
function writeCells(
  writer: ByteWriter,
  cells: readonly Cell[],
  tables: readonly MetricTables[],
): ReadonlyMap<string, number> {
  const texts = cells.flatMap(({ taskType, model, provider, complexity }) => [
    taskType,
    model,
    provider,
    complexity,
  ])
  const shapeTexts = tables.flatMap(({ ownShapes }) =>
    [...ownShapes.keys()].flatMap((key) => key.split('\0')),
  )
  const words = new Map([...new Set([...texts, ...shapeTexts])].map((text, number) => [text, number]))
  writer.list([...words.keys()], (text) => writer.text(text))
  writer.integer(cells.length)
  for (const text of texts) writer.integer(words.get(text) ?? 0)
  return words
}

function readCell(word: () => string): Cell {
  return { taskType: word(), model: word(), provider: word(), complexity: word() }
}

function writeMemory(writer: ByteWriter, { effects, noise, scales }: FittedMemory): void {
  writeEffects(writer, effects)
  writer.double(noise.event)
  writer.double(noise.unit)
  writer.singles(scales.model)
  writer.singles(scales.taskModel)
}

function readMemory(reader: ByteReader, layout: EffectLayout): FittedMemory {
  const groupCount = (effect: number) => layout.groups[effect]?.size ?? 0
  return {
    effects: readEffects(reader, layout),
    noise: { event: reader.double(), unit: reader.double() },
    scales: { model: reader.singles(groupCount(MODEL)), taskModel: reader.singles(groupCount(TASK_MODEL)) },
  }
}

function writeEffects(writer: ByteWriter, { mean, values, variances, prior }: FittedEffects): void {
  writer.double(mean)
  for (const own of [prior, ...values, ...variances]) writer.singles(own)
}

function readEffects(reader: ByteReader, { groups }: EffectLayout): FittedEffects {
  return {
    mean: reader.double(),
    prior: reader.singles(EFFECT_COUNT),
    values: groups.map(({ size }) => reader.singles(size)),
    variances: groups.map(({ size }) => reader.singles(size)),
  }
}

function writeTables(
  writer: ByteWriter,
  { memory, banks, ownShapes }: MetricTables,
  words: ReadonlyMap<string, number>,
): void {
  writer.integer(memory)
  for (const quantiles of banks.flat()) writer.doubles(quantiles)
  writer.list([...ownShapes], ([key, { points, weight }]) => {
    for (const text of key.split('\0')) writer.integer(words.get(text) ?? 0)
    writer.singles(points)
    writer.double(weight)
  })
}

function readTables(reader: ByteReader, word: () => string): MetricTables {
  return {
    memory: reader.below(MEMORY_COUNT),
    banks: Array.from({ length: MEMORY_COUNT }, () =>
      Array.from({ length: BANK_COUNT }, () => reader.doubles(CURVE_POINTS)),
    ),
    ownShapes: new Map(
      reader.list(() => [
        cellKey(readCell(word)),
        { points: reader.singles(CURVE_POINTS), weight: reader.double() },
      ]),
    ),
  }
}
