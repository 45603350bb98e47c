import type { MessagePort, Worker } from 'node:worker_threads'

/**
 * Calls between the server's main thread and a database thread: one message there, one back, in order. A database
 * thread offers an object of synchronous operations; whatever they throw arrives at the caller as an error value.
 */

/** Operations of a thread, by name. */
export type Operations = { readonly [name: string]: (...args: never[]) => unknown }

/** The same operations as the other thread sees them. */
export type Calls<Offered extends Operations> = {
  readonly [Name in keyof Offered]: (
    ...args: Parameters<Offered[Name]>
  ) => Promise<Awaited<ReturnType<Offered[Name]>>>
}

/** Buffers in the arguments of an operation that go over to the other thread, and are gone here, instead of a copy. */
export type HandedOver<Offered extends Operations> = {
  readonly [Name in keyof Offered]?: (...args: Parameters<Offered[Name]>) => readonly ArrayBuffer[]
}

interface Request {
  readonly id: number
  readonly name: string
  readonly args: never[]
}

type Reply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: Error }

/** Answers calls that come in through a port, until it closes. */
export function answerCalls(port: MessagePort, operations: Operations): void {
  port.on('message', ({ id, name, args }: Request) => {
    port.postMessage(replyTo(id, () => operations[name]?.(...args)))
  })
}

function replyTo(id: number, work: () => unknown): Reply {
  try {
    return { id, ok: true, value: work() }
  } catch (error) {
    return { id, ok: false, error: cloneable(error) }
  }
}

/** An error that arrives whole: better-sqlite3's own kind is copied between threads without its message. */
export function cloneable(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error))
  const copy = new Error(error.message)
  if (error.stack !== undefined) copy.stack = error.stack
  return copy
}

/**
 * Makes the calls of a thread.
 *
 * @param explain puts what its operations throw into the words of this side.
 * @param handedOver names what is not copied.
 * @returns a proxy of the offered operations. Calls under way when the thread dies are rejected.
 */
export function callsTo<Offered extends Operations>(
  worker: Worker,
  explain: (error: Error) => Error = (error) => error,
  handedOver: HandedOver<Offered> = {},
): Calls<Offered> {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  let nextId = 1
  let gone: Error | undefined

  worker.on('message', (reply: Reply) => {
    const call = waiting.get(reply.id)
    waiting.delete(reply.id)
    if (reply.ok) call?.resolve(reply.value)
    else call?.reject(explain(reply.error))
  })
  const end = (error: Error) => {
    gone ??= error
    for (const call of waiting.values()) call.reject(gone)
    waiting.clear()
  }
  worker.on('error', (error) => end(explain(error instanceof Error ? error : new Error(String(error)))))
  worker.on('exit', () => end(new Error('the database thread has ended')))

  const call = (name: string, args: unknown[]) =>
    new Promise((resolve, reject) => {
      if (gone !== undefined) return reject(gone)
      const id = nextId++
      waiting.set(id, { resolve, reject })
      worker.postMessage({ id, name, args }, handedOver[name]?.(...(args as never)) ?? [])
    })

  return new Proxy({} as Calls<Offered>, {
    // A thenable proxy would be called by `await`.
    get: (_, name) => (name === 'then' ? undefined : (...args: unknown[]) => call(String(name), args)),
  })
}
