import { MAX_BODY_BYTES, MAX_UNPACKED_BODY_BYTES } from '@mosaicstack/telemetry-client/protocol'
import type { FastifyInstance, FastifyRequest } from 'fastify'

import { HttpError } from './error-answer.ts'

/** What gzip makes of events: a body is counted as large as it will be. */
const GZIP_RATIO = 10

/**
 * Bytes of bodies from the moment they are about to be read until their request is answered: what is being read, what is
 * parsed, and what waits for the disk. Together they stay within a limit, however many connections send at once.
 */
export class BodyBudget {
  readonly #maxBytes: number
  #bytesUnderWay = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get bytesUnderWay(): number {
    return this.#bytesUnderWay
  }

  /** @returns whether there is room; whoever gets it gives it back. A lone body always has room. */
  take(bytes: number): boolean {
    if (this.#bytesUnderWay > 0 && this.#bytesUnderWay + bytes > this.#maxBytes) return false
    this.#bytesUnderWay += bytes
    return true
  }

  giveBack(bytes: number): void {
    this.#bytesUnderWay -= bytes
  }
}

/** Turns requests away for whose body there is no room: after their key is known, before their body is read. */
export function limitBodies(app: FastifyInstance, budget: BodyBudget, onTurnedAway: () => void): void {
  app.addHook('preParsing', (request, reply, payload, done) => {
    const bytes = expectedBytes(request)
    if (bytes === 0) return done(null, payload)

    if (!budget.take(bytes)) {
      onTurnedAway()
      throw new HttpError({
        code: 'unavailable',
        message: 'more bodies are under way than there is memory for; try again',
      })
    }
    // However it ends: answered, or left by its client.
    reply.raw.once('close', () => budget.giveBack(bytes))
    done(null, payload)
  })
}

/** What the body of a request will hold in memory; 0 where it has none. */
function expectedBytes({ headers }: FastifyRequest): number {
  if (headers['transfer-encoding'] !== undefined) return MAX_BODY_BYTES
  const sentBytes = Math.min(Number(headers['content-length'] ?? 0), MAX_BODY_BYTES)
  if (headers['content-encoding'] === undefined) return sentBytes
  return Math.min(sentBytes * GZIP_RATIO, MAX_UNPACKED_BODY_BYTES)
}
