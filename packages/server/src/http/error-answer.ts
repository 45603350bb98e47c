import { errorStatus, type ErrorCode, type ErrorResponse } from '@mosaicstack/telemetry-client/protocol'
import type { FastifyError, FastifyReply } from 'fastify'

import { StoreUnavailable } from '../storage/store-unavailable.ts'

export interface AnswerableError {
  readonly code: ErrorCode
  readonly message: string
  readonly details?: readonly { readonly path: string; readonly message: string }[]
}

/** An error on its way to the error handler, thrown where a hook or a parser has no reply to give. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly answer: AnswerableError

  constructor(answer: AnswerableError) {
    super(answer.message)
    this.answer = answer
  }
}

/** The one shape that every error answer has. */
export function errorBody({ code, message, details = [] }: AnswerableError): ErrorResponse {
  return {
    error: { code, message, details },
    detail: details.length > 0 && errorStatus[code] === 422 ? fastApiDetails(details) : message,
  }
}

export function sendError(reply: FastifyReply, answer: AnswerableError): FastifyReply {
  const { code } = answer
  if (code === 'unauthenticated') reply.header('www-authenticate', 'Bearer')
  if (code === 'unavailable' && !reply.hasHeader('retry-after')) reply.header('retry-after', '1')
  return reply.code(errorStatus[code]).send(errorBody(answer))
}

/** Fastify's own refusals, in our words. Anything unknown is a bug of ours and tells the client nothing. */
export function answerFor(error: FastifyError | HttpError | StoreUnavailable): AnswerableError {
  if (error instanceof HttpError) return error.answer
  if (error instanceof StoreUnavailable) {
    return { code: 'unavailable', message: 'the store does not answer now; try again' }
  }
  const known = FASTIFY_ERRORS[error.code]
  if (known !== undefined) return known
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return { code: 'bad_request', message: 'the request cannot be read' }
  }
  return { code: 'internal', message: 'the server failed; the failure is in its log' }
}

export const BODY_TOO_LARGE: AnswerableError = {
  code: 'body_too_large',
  message: 'the body is over 1 MiB as sent; send fewer events a request, or compress it with gzip',
}

const FASTIFY_ERRORS: Readonly<Record<string, AnswerableError>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: BODY_TOO_LARGE,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'unsupported_media_type',
    message: 'the body must be sent as content-type: application/json',
  },
  FST_ERR_BAD_URL: {
    code: 'bad_request',
    message: 'the path cannot be decoded; write every % as %25',
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'bad_request',
    message: 'the body is not as long as its content-length says',
  },
}

function fastApiDetails(details: readonly { path: string; message: string }[]) {
  return details.map(({ path, message }) => ({
    loc: ['body', ...path.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part))],
    msg: message,
    type: 'value_error',
  }))
}
