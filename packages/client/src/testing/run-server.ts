import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as it arrived, its body parsed. */
export interface SeenRunRequest {
  readonly method: string
  readonly path: string
  readonly authorization: string | undefined
  readonly body: any // oxlint-disable-line typescript/no-explicit-any -- a test reads what it expects to be there
}

export interface RunServerStub extends AsyncDisposable {
  readonly url: string
  readonly requests: readonly SeenRunRequest[]
  /** How it answers; the agent-run API's own answer where this says nothing. */
  answer: (request: SeenRunRequest) => { readonly status: number; readonly body?: unknown } | undefined
}

/** An agent-run API over real HTTP that takes everything, and can be told not to. */
export async function startRunServerStub(): Promise<RunServerStub> {
  const requests: SeenRunRequest[] = []
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const request: SeenRunRequest = {
      method: incoming.method ?? '',
      path: incoming.url ?? '',
      authorization: incoming.headers.authorization,
      body: JSON.parse(Buffer.concat(chunks).toString() || 'null'),
    }
    requests.push(request)
    const { body, status } = stub.answer(request) ?? taken(request)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  const stub: RunServerStub = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer: () => undefined,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return stub
}

function taken({ body, path }: SeenRunRequest): { status: number; body: unknown } {
  if (path.endsWith('/batch')) {
    return { status: 200, body: { inserted: body.length, duplicates: 0, errors: [], total: body.length } }
  }
  const [, eventId] = /runs\/([^/]+)\//.exec(path) ?? []
  return { status: path.endsWith('/events') ? 201 : 200, body: { event_id: eventId } }
}
