import { TelemetryError } from '../telemetry-error.ts'
import { BodyEncoding, type Gzip } from './body-encoding.ts'
import type { Clock } from './clock.ts'
import { deferred } from './deferred.ts'
import { readBounded } from './read-bounded.ts'
import { retryAfterMs } from './retry-table.ts'

/** What became of one request. */
export type HttpResult =
  | {
      readonly kind: 'answer'
      readonly status: number
      /** The parsed JSON body; undefined where it is none, or is larger than we care to read. */
      readonly body: unknown
      readonly retryAfterMs: number | undefined
    }
  | { readonly kind: 'no_answer'; readonly cause: TelemetryError }

/** Speaks JSON with one server. */
export interface JsonHttp {
  get(path: string, signal: AbortSignal): Promise<HttpResult>
  post(path: string, json: string, signal: AbortSignal): Promise<HttpResult>
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export interface JsonHttpOptions {
  readonly serverUrl: string
  /** Empty where the server asks for none. */
  readonly apiKey: string
  readonly userAgent: string
  readonly requestTimeoutMs: number
  readonly fetch: Fetch
  readonly gzip: Gzip
  readonly clock: Clock
}

const UNSUPPORTED_MEDIA_TYPE = 415

/** A hundred predictions are some 150 KB; a portal's page may be anything. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024

/** One request a call. It ends within the timeout even if `fetch` ignores its signal. */
export function fetchJsonHttp(options: JsonHttpOptions): JsonHttp {
  const { clock, requestTimeoutMs } = options
  const encoding = new BodyEncoding(options.serverUrl, options.gzip)
  const headers = {
    accept: 'application/json',
    ...(options.apiKey !== '' && { authorization: `Bearer ${options.apiKey}` }),
    'user-agent': options.userAgent,
  }

  return {
    get: (path, signal) =>
      within(path, signal, (url, limit) => request(url, { method: 'GET', headers }, limit)),
    post: (path, json, signal) => within(path, signal, (url, limit) => post(url, json, limit)),
  }

  async function within(
    path: string,
    signal: AbortSignal,
    exchange: (url: string, signal: AbortSignal) => Promise<HttpResult>,
  ): Promise<HttpResult> {
    const url = options.serverUrl + path
    if (signal.aborted) return { kind: 'no_answer', cause: givenUp(url) }

    const limit = startLimit(clock, requestTimeoutMs, signal)
    try {
      return await Promise.race([exchange(url, limit.signal), limit.exceeded])
    } catch (cause) {
      return {
        kind: 'no_answer',
        cause: signal.aborted ? givenUp(url) : explain(cause, url, limit.isTimeout(), requestTimeoutMs),
      }
    } finally {
      limit.clear()
    }
  }

  async function post(url: string, json: string, signal: AbortSignal): Promise<HttpResult> {
    const encoded = await encoding.encode(json)
    const init = {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', ...encoded.headers },
      body: encoded.body,
    }
    const result = await request(url, init, signal)
    const isRefusedForEncoding = result.kind === 'answer' && result.status === UNSUPPORTED_MEDIA_TYPE
    if (!isRefusedForEncoding || encoded.body === json) return result
    encoding.giveUp()
    return post(url, json, signal)
  }

  async function request(url: string, init: RequestInit, signal: AbortSignal): Promise<HttpResult> {
    // A redirect is an answer like any other: following it could carry the key to another origin.
    const response = await options.fetch(url, { ...init, redirect: 'manual', signal })
    const text = await readBounded(response, MAX_ANSWER_BYTES)
    return {
      kind: 'answer',
      status: response.status,
      body: text === undefined ? undefined : parseJson(text),
      retryAfterMs: retryAfterMs(response.status, response.headers.get('retry-after'), clock.now()),
    }
  }
}

interface Limit {
  readonly signal: AbortSignal
  /** Rejects when the time is over or the caller gives up; never resolves. */
  readonly exceeded: Promise<never>
  isTimeout(): boolean
  clear(): void
}

// AbortSignal.any would do this, but Node 18 has none.
function startLimit(clock: Clock, timeoutMs: number, outer: AbortSignal): Limit {
  const controller = new AbortController()
  const exceeded = deferred<never>()
  exceeded.promise.catch(() => {}) // the race may be over before it rejects
  let timedOut = false
  const giveUp = (): void => {
    controller.abort()
    exceeded.reject(new Error('gave up'))
  }
  const cancelTimer = clock.after(timeoutMs, () => {
    timedOut = true
    giveUp()
  })
  outer.addEventListener('abort', giveUp)

  return {
    signal: controller.signal,
    exceeded: exceeded.promise,
    isTimeout: () => timedOut,
    clear() {
      cancelTimer()
      outer.removeEventListener('abort', giveUp)
    },
  }
}

function givenUp(url: string): TelemetryError {
  return new TelemetryError('NETWORK_ERROR', `stop() gave up the request to ${new URL(url).origin}`)
}

function explain(cause: unknown, url: string, isTimeout: boolean, timeoutMs: number): TelemetryError {
  const { origin } = new URL(url)
  if (isTimeout) {
    return new TelemetryError('TIMEOUT', `no answer from ${origin} within ${timeoutMs} ms`, {
      hint: 'Raise requestTimeoutMs if the server is slow.',
    })
  }
  return new TelemetryError('NETWORK_ERROR', `cannot reach ${origin}: ${reasonOf(cause)}`, {
    hint: 'Check serverUrl, and that the server runs.',
    cause,
  })
}

/** `fetch failed` alone helps nobody: the reason is in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const inner = error.cause
  if (!(inner instanceof Error)) return error.message
  return inner.message || ('code' in inner ? String(inner.code) : inner.name)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
