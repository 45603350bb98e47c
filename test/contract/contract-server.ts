import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { databaseFile, resolveConfig, startServer } from '@mosaicstack/telemetry-server'

import { readStoredEvents, type StoredEvent } from './stored-events.ts'

/** A request as it goes over the wire: nothing is added to its headers but host and length. */
export interface WireRequest {
  readonly method?: string
  readonly path: string
  readonly headers?: OutgoingHttpHeaders
  readonly body?: string | Buffer
  /** Sent in chunks of this many bytes, without a content-length. */
  readonly chunkBytes?: number
}

export interface WireAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** The real server in a directory of its own, with a clock that stands still. */
export interface ContractServer extends AsyncDisposable {
  readonly url: string
  readonly dataDir: string
  send(request: WireRequest): Promise<WireAnswer>
  /** Makes an instance. @returns its key. */
  addInstance(instanceId: string): Promise<string>
  /** Every stored event, in the order of arrival. */
  storedEvents(): Promise<readonly StoredEvent[]>
}

const ADMIN_TOKEN = 'contract-tests-admin-token'

export async function startContractServer(nowMs: number): Promise<ContractServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'contract-'))
  const config = resolveConfig({ dataDir, port: 0, logLevel: 'silent', adminToken: ADMIN_TOKEN }, {})
  const server = await startServer(config, { nowMs: () => nowMs })
  const agent = new Agent({ keepAlive: true })
  const send = (wireRequest: WireRequest) => sendTo(server.url, agent, wireRequest)

  return {
    url: server.url,
    dataDir,
    send,
    async addInstance(instanceId) {
      const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' }
      const body = JSON.stringify({ instance_id: instanceId })
      await send({ path: '/v1/admin/instances', headers, body })
      const created = await send({ path: `/v1/admin/instances/${instanceId}/keys`, headers, body: '{}' })
      return (JSON.parse(created.text) as { api_key: string }).api_key
    },
    storedEvents: () => readStoredEvents(databaseFile(dataDir)),
    async [Symbol.asyncDispose]() {
      agent.destroy()
      await server.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

function sendTo(url: string, agent: Agent, wireRequest: WireRequest): Promise<WireAnswer> {
  const { method = 'POST', path, headers = {}, body = '', chunkBytes } = wireRequest
  const bytes = Buffer.from(body as string)
  const length = method === 'GET' || chunkBytes !== undefined ? {} : { 'content-length': bytes.length }

  return new Promise((resolve, reject) => {
    const outgoing = request(`${url}${path}`, { method, agent, headers: { ...length, ...headers } })
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('error', reject)
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text })
      })
    })
    outgoing.on('error', reject)
    for (const chunk of inChunks(bytes, chunkBytes ?? bytes.length)) outgoing.write(chunk)
    outgoing.end()
  })
}

function* inChunks(bytes: Buffer, chunkBytes: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes)
}
