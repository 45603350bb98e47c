import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'

import type { TaskCompletionEvent } from '../protocol/index.ts'

/** One request as it arrived, its body parsed. */
export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: { readonly events?: readonly TaskCompletionEvent[]; readonly queries?: readonly unknown[] }
  readonly atMs: number
}

/** What the server does with one request. */
export type Behaviour =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: unknown }
  | 'accept'
  /** Stores the events, then cuts the connection: the answer is lost. */
  | 'commit_then_reset'
  | 'reset'
  | 'hang'

/** A telemetry server over real HTTP that can be told to misbehave. */
export interface TestServer extends AsyncDisposable {
  readonly url: string
  readonly requests: readonly SeenRequest[]
  /** Every event it has stored, each id once, in the order of arrival. */
  readonly stored: ReadonlyMap<string, TaskCompletionEvent>
  /** Requests in a row that it treats so, before it goes back to normal. */
  next(...behaviours: readonly Behaviour[]): void
  /** How it treats every request from now on, unless `next` says otherwise. */
  always(behave: Behaviour | ((request: SeenRequest) => Behaviour)): void
  close(): Promise<void>
}

export async function startTestServer(port = 0): Promise<TestServer> {
  const requests: SeenRequest[] = []
  const stored = new Map<string, TaskCompletionEvent>()
  const queue: Behaviour[] = []
  let usual: (request: SeenRequest) => Behaviour = accept

  const server = createServer(async (incoming, response) => {
    const seen = await readRequest(incoming)
    requests.push(seen)
    const behaviour = queue.shift() ?? usual(seen)
    if (behaviour === 'hang') return
    if (behaviour === 'reset') return void incoming.socket.destroy()
    if (behaviour === 'accept') return answer(response, acceptStatus(seen), store(seen, stored))
    if (behaviour === 'commit_then_reset') {
      store(seen, stored)
      return void incoming.socket.destroy()
    }
    answer(response, behaviour.status, behaviour.body, behaviour.headers)
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))

  const close = (): Promise<void> => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(() => resolve()))
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    stored,
    next: (...behaviours) => void queue.push(...behaviours),
    always: (behave) => (usual = typeof behave === 'function' ? behave : () => behave),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function accept(): Behaviour {
  return 'accept'
}

async function readRequest(incoming: IncomingMessage): Promise<SeenRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const sent = Buffer.concat(chunks)
  const bytes = incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent
  return {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers: incoming.headers,
    body: JSON.parse(bytes.toString() || '{}') as SeenRequest['body'],
    atMs: Date.now(),
  }
}

function acceptStatus({ path }: SeenRequest): number {
  return path.includes('predictions') ? 200 : 202
}

/** Stores like the real server: once an id. */
function store({ body }: SeenRequest, stored: Map<string, TaskCompletionEvent>): unknown {
  if (body.queries !== undefined) return { results: body.queries.map(predictionFor) }
  const results = (body.events ?? []).map((event) => {
    const id = event.event_id as string
    if (stored.has(id)) {
      return { event_id: id, status: 'rejected', error: 'duplicate event_id', code: 'duplicate' }
    }
    stored.set(id, event)
    return { event_id: id, status: 'accepted', error: null }
  })
  const accepted = results.filter(({ status }) => status === 'accepted').length
  return { accepted, rejected: results.length - accepted, results }
}

/** An answer that tells its query apart, so that a mixed-up index shows. */
export function predictionFor(query: unknown): unknown {
  return {
    prediction: null,
    metadata: {
      sample_size: 0,
      fallback_level: -1,
      confidence: 'none',
      last_updated: null,
      dimensions_matched: null,
      fallback_note: JSON.stringify(query),
      cache_hit: false,
    },
  }
}

function answer(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(typeof body === 'string' ? body : JSON.stringify(body ?? {}))
}
