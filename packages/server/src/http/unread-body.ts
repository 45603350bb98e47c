import type { Readable } from 'node:stream'

import { MAX_BODY_BYTES } from '@mosaicstack/telemetry-client/protocol'
import type { FastifyInstance, FastifyRequest } from 'fastify'

import { parseJson, unpack } from './body-parser.ts'
import { BODY_TOO_LARGE, HttpError } from './error-answer.ts'

/** A body as it came from the network, in pieces. */
class UnreadBody {
  readonly pieces: Buffer[] = []
  bytes = 0

  add(piece: Buffer): void {
    this.pieces.push(piece)
    this.bytes += piece.length
  }
}

/**
 * Takes JSON bodies as they come, for routes that know a faster way to read most of theirs than `JSON.parse`. They are
 * not even joined before somebody reads them: a new buffer for each would make the garbage collector look at everything
 * twice as often.
 */
export function leaveJsonUnread(app: FastifyInstance): void {
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser('application/json', (request, payload, done) => {
    collect(payload, Number(request.headers['content-length']), done)
  })
}

/** What such a route makes of a body: what `fast` reads of it, or else what `parsed` makes of its JSON. */
export function readBody<Read>(
  request: FastifyRequest,
  fast: (bytes: Buffer) => Read | undefined,
  parsed: (json: unknown) => Read,
): Read {
  if (!(request.body instanceof UnreadBody)) return parsed(undefined)
  const bytes = unpack(join(request.body), request.headers['content-encoding'])
  return fast(bytes) ?? parsed(parseJson(bytes))
}

function collect(
  payload: Readable,
  expectedBytes: number,
  done: (error: Error | null, body?: UnreadBody) => void,
): void {
  const body = new UnreadBody()
  if (expectedBytes > MAX_BODY_BYTES) return done(new HttpError(BODY_TOO_LARGE))

  const end = (error: Error | null) => {
    payload.off('data', onData).off('end', onEnd).off('error', end)
    // One that its sender has broken off; nobody will read the answer.
    if (error !== null) return done(Object.assign(error, { statusCode: 400 }))
    done(null, body)
  }
  const onEnd = () => end(null)
  const onData = (piece: Buffer) => {
    body.add(piece)
    if (body.bytes <= MAX_BODY_BYTES) return
    payload.off('data', onData).off('end', onEnd).off('error', end)
    done(new HttpError(BODY_TOO_LARGE))
  }
  payload.on('data', onData).on('end', onEnd).on('error', end)
}

let scratch = Buffer.allocUnsafeSlow(128 * 1024)

/** The bytes of a body, until the next one is joined: whoever reads them keeps none. */
function join({ pieces, bytes }: UnreadBody): Buffer {
  const [only] = pieces
  if (only !== undefined && pieces.length === 1) return only
  if (scratch.length < bytes) scratch = Buffer.allocUnsafeSlow(MAX_BODY_BYTES)
  let at = 0
  for (const piece of pieces) at += piece.copy(scratch, at)
  return scratch.subarray(0, bytes)
}
