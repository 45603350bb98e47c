import { randomInt, randomUUID } from 'node:crypto'
import { Agent, request } from 'node:http'

import type { TaskCompletionEvent } from '@mosaicstack/telemetry-client/protocol'

import { anEvent } from '../../packages/server/src/testing/an-event.ts'
import type { ServerProcess } from './server-process.ts'

/** Where to send, and as whom. */
export type SendTarget = Pick<ServerProcess, 'url' | 'apiKey' | 'instanceId'>

/** A batch that one sender sends again and again until it is answered. */
type Batch = readonly TaskCompletionEvent[]

/**
 * Sends batches from several connections at once and keeps account: what was sent, and what the server has answered
 * for. A batch without an answer is kept and is the first that its sender sends the next time.
 */
export class Senders {
  readonly sent = new Set<string>()
  readonly acknowledged = new Set<string>()
  /** Events that the server called duplicates: sent before, stored, and never answered for. */
  repeats = 0
  /** Statuses of answers other than 202. */
  readonly refusals: number[] = []
  readonly #unanswered: (Batch | undefined)[]

  constructor(count: number) {
    this.#unanswered = Array.from({ length: count }, () => undefined)
  }

  /** Events that were sent and not answered for. */
  get unansweredEvents(): number {
    return this.#unanswered.reduce((sum, batch) => sum + (batch?.length ?? 0), 0)
  }

  /** Sends until the server is gone or refuses, or until it is told that it is enough. */
  async run(server: SendTarget, isEnough: () => boolean = () => false): Promise<void> {
    const agent = new Agent({ keepAlive: true })
    await Promise.all(this.#unanswered.map((_, sender) => this.#send(sender, server, agent, isEnough)))
    agent.destroy()
  }

  async #send(sender: number, server: SendTarget, agent: Agent, isEnough: () => boolean): Promise<void> {
    while (this.#unanswered[sender] !== undefined || !isEnough()) {
      const batch = (this.#unanswered[sender] ??= this.#newBatch(server.instanceId))
      const answer = await post(server, '/v1/events/batch', { events: batch }, agent)
      if (answer === undefined) return
      if (answer.status !== 202) return void this.refusals.push(answer.status)

      for (const { event_id: id, status, code } of answer.body.results) {
        if (status === 'rejected' && code === 'duplicate') this.repeats++
        else if (status === 'rejected') throw new Error(`the server has rejected a valid event: ${code}`)
        this.acknowledged.add(id)
      }
      this.#unanswered[sender] = undefined
    }
  }

  #newBatch(instanceId: string): Batch {
    return Array.from({ length: randomInt(1, 101) }, () => {
      const id = randomUUID()
      this.sent.add(id)
      return anEvent({
        instance_id: instanceId,
        event_id: id,
        model: `model-${randomInt(5)}`,
        actual_input_tokens: randomInt(1, 100_000),
      })
    })
  }
}

export interface PostAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  // oxlint-disable-next-line typescript/no-explicit-any -- a test reads what it expects to be there
  readonly body: any
}

/** @returns the answer, or nothing where the server was gone before it had answered whole. */
export function post(
  server: Omit<SendTarget, 'instanceId'>,
  path: string,
  body: unknown,
  agent?: Agent,
): Promise<PostAnswer | undefined> {
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${server.apiKey}`, 'content-type': 'application/json' }
    const sending = request(`${server.url}${path}`, { method: 'POST', headers, agent }, (response) => {
      let text = ''
      response
        .on('data', (chunk) => (text += chunk))
        .on('error', () => resolve(undefined))
        .on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: JSON.parse(text),
          }),
        )
    })
    sending.on('error', () => resolve(undefined)).end(JSON.stringify(body))
  })
}
