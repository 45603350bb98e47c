import type { ProjectionFigures, RefitFigures } from './scale-child.ts'

export interface MemoryFigures {
  readonly what: string
  readonly bytesPerUnit: number
}

type Row = ProjectionFigures & { readonly refit: RefitFigures }

const INTRODUCTION = `<!-- Written by \`npm run scale\`. Do not edit: run it again. -->
# Predictions at growing sizes

![Query latency, memory, loading and refit at 1 000, 100 000 and 10 000 000 events](images/predictions-scale.svg)

Seeded events, spread over the 90 days of the window and over skewed instances, models and tasks
([bench/predictions/scale-population.ts](../bench/predictions/scale-population.ts)). Every size is measured in a process of
its own. A query is what was observed, without the forecast and without HTTP; 1 000 cells are asked for in turn, and
shown is the best of 25 rounds of 20 000, since other programs shared the two cores.
`

const EXPLANATION = `## How to read it

- **A query** looks up levels and their summaries. A level of up to 1 000 events is summarised when it is asked for after a
  change, exactly, which takes up to half a millisecond; larger ones are summarised in slices of two milliseconds while
  nobody waits, and answer from the last whole summary until then. The table shows queries that find their summary.
- **Memory** is what the units and levels keep in use. The rest of the server comes on top.
- **All summaries** is the work of summing up every level of more than 10 000 events, once. A start does it before the port
  opens; later it takes at most a fifth of a core.
- **Loading** is decoding stored units and counting them. **A start** reads them from SQLite as well. It is not measured for
  ten million events: a store hands out all units in one answer, which is too long then.
- **A refit** is for four metrics and three memories, in a thread of its own.
- Folding (with the checkpoints in between), all summaries, loading and refits are processor time; a start is by the clock.
- A model gets levels of its own from its first instance on in the \`self-hosted\` preset, and from its second in the
  \`public\` one: until then its events count only at levels without model.
- Units are kept by UTC day for two weeks and then by week (of seven days from a Thursday on). At the edge of the window
  events leave to the millisecond, in days and in weeks. Only a unit of more than 1 000 events has forgotten their
  times: it leaves at the end of its day, or of its week once that is closed.
- Of more than 4 096 instances in one cell and day (or week) those with the lowest hash of their id are kept; the others'
  events there are not counted in what was observed.
`

/** The page that shows every figure. */
export function scaleDocument(rows: readonly Row[], memory: readonly MemoryFigures[]): string {
  return [
    INTRODUCTION,
    `Measured ${new Date().toISOString().slice(0, 10)} with Node ${process.version}.\n`,
    '| events | instances | units | query, median | query, p99 | batch of 100 | memory | folding an event | all summaries | loading | a start | units of the forecast | a refit |',
    '|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|',
    ...rows.map(line),
    '',
    '## What a unit takes',
    '',
    'A unit is what one instance sent about one cell on one day. Everything is in it: its place in lists and indexes, its',
    'share of cells and levels, its samples.',
    '',
    '| | bytes |',
    '|---|--:|',
    ...memory.map(({ what, bytesPerUnit }) => `| ${what} | ${Math.round(bytesPerUnit)} |`),
    '',
    EXPLANATION,
  ].join('\n')
}

function line(row: Row): string {
  const cells = [
    count(row.events),
    count(row.instances),
    count(row.units),
    micros(row.p50Us),
    micros(row.p99Us),
    duration(row.batchMs),
    `${(row.bytes / 1e6).toFixed(row.bytes < 1e8 ? 1 : 0)} MB`,
    micros(row.foldUs),
    duration(row.refreshMs),
    duration(row.loadMs),
    row.startMs === undefined ? '' : duration(row.startMs),
    count(row.refit.units),
    duration(row.refit.refitMs),
  ]
  return `| ${cells.join(' | ')} |`
}

function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ' ')
}

function micros(value: number): string {
  return `${value.toFixed(1)} µs`
}

function duration(ms: number): string {
  return ms < 1000 ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms` : `${(ms / 1000).toFixed(1)} s`
}
