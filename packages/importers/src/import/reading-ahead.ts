import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'

import type { Importer } from '../importer.ts'
import { importers } from '../importers.ts'
import type { LinesPart } from './gather-lines.ts'
import { type LineSource, readHere } from './line-source.ts'
import type { ReadJob } from './read-log.ts'
import type { ThreadAnswer, ThreadMessage } from './thread-messages.ts'

/** Starting a thread takes as long as reading some megabytes. */
const WORTH_A_THREAD_BYTES = 32 * 1024 * 1024

/** Jobs that a thread knows of, so that it never runs out of work while it waits for the next ones. */
const JOBS_AHEAD = 256

/**
 * Where there is much to read, a thread reads ahead while this one writes. Both take about as long; with a second one
 * reading, importing took as long on two cores, and 40 MB more.
 */
export function chooseLineSource(jobs: readonly ReadJob[], readAhead?: boolean): LineSource {
  const ours = jobs.filter(isOurs)
  return (readAhead ?? isWorthAThread(ours)) ? readAheadIn(new ReadingThread(ours)) : readHere
}

function isWorthAThread(jobs: readonly ReadJob[]): boolean {
  const bytes = jobs.reduce((sum, { newBytes }) => sum + newBytes, 0)
  return bytes >= WORTH_A_THREAD_BYTES && availableParallelism() > 1
}

/** A thread knows the formats of this package; a plug-in's logs are read here. */
export function isOurs({ importer }: ReadJob): boolean {
  return importer.format.kind === 'lines' && formatIndex(importer) !== -1
}

/** By its format, because an importer that looks in more places is a copy of one of ours. */
function formatIndex({ format }: Importer): number {
  return importers.findIndex((ours) => ours.format === format)
}

function readAheadIn(thread: ReadingThread): LineSource {
  return {
    read: (job) => (thread.knows(job) ? thread : readHere).read(job),
    close: () => thread.close(),
  }
}

class ReadingThread implements LineSource {
  readonly #worker = new Worker(createRequire(import.meta.url).resolve('#reading-thread'))
  readonly #ids = new Map<string, number>()
  readonly #jobs: readonly ReadJob[]
  readonly #arrived: string[] = []
  /** What is left of the bundle that is being taken. */
  #bundle: ThreadAnswer[] = []
  #sent = 0
  #wake = (): void => {}
  #failure: Error | undefined

  constructor(jobs: readonly ReadJob[]) {
    this.#jobs = jobs
    for (const [id, { log }] of jobs.entries()) this.#ids.set(log.path, id)
    this.#worker.on('message', (bundle: string) => {
      this.#arrived.push(bundle)
      this.#wake()
    })
    this.#worker.on('error', (error: Error) => {
      this.#failure = error
      this.#wake()
    })
    this.#sendJobs(JOBS_AHEAD)
  }

  #sendJobs(upTo: number): void {
    const next = this.#jobs.slice(this.#sent, upTo)
    if (next.length === 0) return
    const jobs = next.map(({ importer, log, progress }, index) => {
      return { id: this.#sent + index, importer: formatIndex(importer), log, progress }
    })
    this.#sent += jobs.length
    this.#send({ kind: 'jobs', jobs })
  }

  #send(message: ThreadMessage): void {
    this.#worker.postMessage(message)
  }

  knows({ log }: ReadJob): boolean {
    return this.#ids.has(log.path)
  }

  read({ log }: ReadJob): AsyncIterable<LinesPart> {
    return this.#parts(this.#ids.get(log.path) ?? -1)
  }

  async *#parts(id: number): AsyncGenerator<LinesPart> {
    for (;;) {
      const answer = await this.#next(id)
      if (answer.kind === 'failed') throw Object.assign(new Error(answer.message), { code: answer.code })
      yield answer.part
      if (answer.part.isLast) return
    }
  }

  /** Answers arrive in the order of the jobs, which is the order in which they are asked for. */
  async #next(id: number): Promise<ThreadAnswer> {
    for (;;) {
      const answer = this.#bundle.shift()
      if (answer?.id === id) return answer
      if (answer !== undefined) continue
      const arrived = this.#arrived.shift()
      if (arrived !== undefined) this.#open(arrived, id)
      else if (this.#failure !== undefined) throw this.#failure
      else await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  #open(bundle: string, id: number): void {
    this.#bundle = JSON.parse(bundle) as ThreadAnswer[]
    this.#send({ kind: 'taken' })
    if (this.#sent < id + JOBS_AHEAD / 2) this.#sendJobs(id + JOBS_AHEAD)
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }
}
