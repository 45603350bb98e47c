import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Adapter, Answer } from '../adapters/adapter.ts'
import { EventCounts } from './event-counts.ts'
import { decodeBody, readBody } from './read-body.ts'
import { acceptAll, type Script, type Treatment } from './treatment.ts'

interface Received {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly body: Buffer
  readonly ids: readonly string[]
}

/**
 * The one server all SDKs talk to. It runs in the harness, never in the process that is measured, and knows of a wire
 * format only what the adapter tells it. A request without our events (feature flags, client reports) is answered and
 * otherwise ignored, so that it uses up no fault.
 */
export class MockServer {
  readonly counts = new EventCounts()
  readonly #adapter: Adapter
  readonly #upstream: string | undefined
  #http: Server | undefined
  #port = 0
  #script: Script = acceptAll
  #startedAtMs = 0
  #requests = 0

  /** With `upstream`, what is accepted is passed on to that server, and its answer back. */
  constructor(adapter: Adapter, upstream?: string) {
    this.#adapter = adapter
    this.#upstream = upstream
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** Requests with events since `play()`. */
  get requests(): number {
    return this.#requests
  }

  /** Listens, after `down()` on the same port as before. */
  async up(): Promise<void> {
    const http = createServer((request, response) => void this.#receive(request, response))
    http.keepAliveTimeout = 60_000
    await new Promise<void>((resolve, reject) => {
      http.once('error', reject)
      http.listen(this.#port, '127.0.0.1', resolve)
    })
    const address = http.address()
    if (address !== null && typeof address === 'object') this.#port = address.port
    this.#http = http
  }

  /** Refuses connections, and cuts those that are open. */
  async down(): Promise<void> {
    const http = this.#http
    if (http === undefined) return

    this.#http = undefined
    const closed = new Promise((resolve) => http.close(resolve))
    http.closeAllConnections()
    await closed
  }

  /** Starts a script, with its count of requests at none. */
  play(script: Script): void {
    this.#script = script
    this.#requests = 0
    this.startClock()
  }

  /** The script's time begins again. */
  startClock(): void {
    this.#startedAtMs = performance.now()
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request)
    if (body === undefined) return

    const ids = this.#adapter.idsIn(decodeBody(body, request.headers['content-encoding']))
    if (ids.length === 0) return answer(response, { status: 200, body: '{}' })

    this.#requests++
    const sinceStartMs = performance.now() - this.#startedAtMs
    const treatment = this.#script({ nth: this.#requests, sinceStartMs, ids })
    await this.#apply(treatment, { request, response, body, ids })
  }

  async #apply(treatment: Treatment, received: Received): Promise<void> {
    const { request, response, ids } = received
    switch (treatment.kind) {
      case 'accept':
        return answer(response, await this.#commit(received))
      case 'hang':
        return
      case 'refuse':
        return answer(response, refusal(treatment.status), treatment.retryAfterS)
      case 'commit_then_reset':
        await this.#commit(received)
        request.socket.destroy()
        return
      case 'commit_then_refuse':
        await this.#commit(received)
        return answer(response, refusal(treatment.status))
      case 'refuse_poisoned': {
        const refused = intersection(ids, treatment.poison)
        if (refused.size === 0) return answer(response, await this.#commit(received))
        const body = this.#adapter.refusal?.(ids, refused) ?? refusal(400).body
        return answer(response, { status: 400, body })
      }
      case 'accept_partly': {
        const refused = intersection(ids, treatment.poison)
        if (refused.size === 0) return answer(response, await this.#commit(received))
        this.counts.add(ids.filter((id) => !refused.has(id)))
        return answer(response, this.#adapter.partlyAccepted?.(ids, refused) ?? this.#adapter.accepted(ids))
      }
    }
  }

  async #commit({ request, body, ids }: Received): Promise<Answer> {
    if (this.#upstream === undefined) {
      this.counts.add(ids)
      return this.#adapter.accepted(ids)
    }

    const headers = Object.fromEntries(
      ['content-type', 'content-encoding', 'authorization'].flatMap((name) => {
        const value = request.headers[name]
        return typeof value === 'string' ? [[name, value]] : []
      }),
    )
    const passedOn = await fetch(this.#upstream + request.url, { method: 'POST', headers, body })
    if (passedOn.ok) this.counts.add(ids)
    return { status: passedOn.status, body: await passedOn.text() }
  }
}

function answer(response: ServerResponse, { status, body }: Answer, retryAfterS?: number): void {
  if (response.destroyed) return

  response.writeHead(status, {
    'content-type': 'application/json',
    ...(retryAfterS !== undefined && { 'retry-after': String(retryAfterS) }),
  })
  response.end(body)
}

function refusal(status: number): Answer {
  return { status, body: JSON.stringify({ code: status, error: `bench answers ${status}` }) }
}

function intersection(ids: readonly string[], set: ReadonlySet<string>): ReadonlySet<string> {
  return new Set(ids.filter((id) => set.has(id)))
}
