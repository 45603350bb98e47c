import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'

import { errorBody } from './error-answer.ts'

/** What Node's parser calls an error, and what we answer; anything else is 400. */
const ANSWERS: Readonly<Record<string, { readonly status: number; readonly message: string }>> = {
  HPE_HEADER_OVERFLOW: { status: 431, message: 'the headers are too long' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, message: 'the request did not arrive in time' },
}
const NO_HTTP = { status: 400, message: 'the request is not HTTP/1.1' }

/** Answers bytes that never became a request, in the one shape of every error, and closes the connection. */
export function answerUnreadable(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()

  const { status, message } = ANSWERS[error.code ?? ''] ?? NO_HTTP
  const body = JSON.stringify(errorBody({ code: 'bad_request', message }))
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n` +
      'Content-Type: application/json; charset=utf-8\r\n' +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}
