import { errorStatus, type ErrorCode } from '@mosaicstack/telemetry-client/protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { PbfWriter } from 'pbf'

import type { Signal } from '../../otlp/read-batch.ts'
import type { AnswerableError } from '../error-answer.ts'
import { isProtobuf, PROTOBUF } from './otlp-body.ts'

/**
 * The answers of OTLP over HTTP: in the encoding of the request, errors as a `google.rpc.Status`, and whole success as an
 * empty message, which a sender takes for "all of it".
 */
const REJECTED_FIELD: Readonly<Record<Signal, string>> = {
  logs: 'rejectedLogRecords',
  traces: 'rejectedSpans',
  metrics: 'rejectedDataPoints',
}

export function sendReceived(
  request: FastifyRequest,
  reply: FastifyReply,
  signal: Signal,
  { malformed, problem = '' }: { readonly malformed: number; readonly problem: string | undefined },
): FastifyReply {
  if (!isProtobuf(request)) {
    const partialSuccess = { [REJECTED_FIELD[signal]]: String(malformed), errorMessage: problem }
    return reply.code(200).send(malformed === 0 ? {} : { partialSuccess })
  }
  const writer = new PbfWriter()
  if (malformed > 0) {
    writer.writeMessage(
      1,
      (_, message) => {
        message.writeVarintField(1, malformed)
        message.writeStringField(2, problem)
      },
      undefined,
    )
  }
  return sendProtobuf(reply.code(200), writer)
}

/** Codes of google.rpc for our own. */
const RPC_CODES: Readonly<Partial<Record<ErrorCode, number>>> = {
  unauthenticated: 16,
  forbidden: 7,
  not_found: 5,
  rate_limited: 8,
  internal: 13,
  unavailable: 14,
}
const INVALID_ARGUMENT = 3

export function sendStatus(
  request: FastifyRequest,
  reply: FastifyReply,
  { code, message }: AnswerableError,
): FastifyReply {
  const rpcCode = RPC_CODES[code] ?? INVALID_ARGUMENT
  if (code === 'unauthenticated') reply.header('www-authenticate', 'Bearer')
  if (code === 'unavailable' && !reply.hasHeader('retry-after')) reply.header('retry-after', '1')
  reply.code(errorStatus[code])
  if (!isProtobuf(request)) return reply.send({ code: rpcCode, message })

  const writer = new PbfWriter()
  writer.writeVarintField(1, rpcCode)
  writer.writeStringField(2, message)
  return sendProtobuf(reply, writer)
}

function sendProtobuf(reply: FastifyReply, writer: PbfWriter): FastifyReply {
  return reply.type(PROTOBUF).send(Buffer.from(writer.finish()))
}
