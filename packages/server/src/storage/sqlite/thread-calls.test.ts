import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

import { expect, it } from 'vitest'

import { callsTo } from './thread-calls.ts'

/** What the thread of these tests offers. */
interface Offered {
  readonly [name: string]: (...args: never[]) => unknown
  readonly double: (number: number) => number
  readonly fail: (message: string) => void
  readonly die: () => void
}

const OPERATIONS = `{
  double: (number) => number * 2,
  fail: (message) => { throw new RangeError(message) },
  die: () => process.exit(3),
}`

it('brings each call its own answer, in order', async () => {
  await using thread = aThread()
  const calls = callsTo<Offered>(thread.worker)

  const answers = await Promise.all([1, 2, 3].map((number) => calls.double(number)))

  expect(answers).toEqual([2, 4, 6])
})

it('brings what an operation throws to its caller, in the words of this side, and goes on', async () => {
  await using thread = aThread()
  const calls = callsTo<Offered>(thread.worker, (error) => new Error(`explained: ${error.message}`))

  await expect(calls.fail('out of range')).rejects.toThrow('explained: out of range')

  expect(await calls.double(4)).toBe(8)
})

it("brings the message of an error that is none of the language's own", async () => {
  await using thread = aThread(`{ fail: (message) => { throw foreignError(message) } }`)
  const calls = callsTo<Offered>(thread.worker)

  const failing = calls.fail('disk full')

  await expect(failing).rejects.toBeInstanceOf(Error)
  await expect(failing).rejects.toThrow('disk full')
})

it('rejects the calls under way and every later one when the thread dies', async () => {
  await using thread = aThread()
  const calls = callsTo<Offered>(thread.worker)
  const ended = once(thread.worker, 'exit')

  const underWay = [calls.die(), calls.double(1)]

  for (const call of underWay) await expect(call).rejects.toThrow('has ended')
  await ended
  await expect(calls.double(1)).rejects.toThrow('has ended')
})

it('rejects with the reason when the thread cannot start', async () => {
  await using thread = aThread('(() => { throw new Error("no database") })()')
  const calls = callsTo<Offered>(thread.worker)

  await expect(calls.double(1)).rejects.toThrow('no database')
})

function aThread(operations = OPERATIONS): { readonly worker: Worker } & AsyncDisposable {
  const compiled = new URL('../../../dist/storage/sqlite/thread-calls.js', import.meta.url)
  const source = `
    import { parentPort } from 'node:worker_threads'
    import { answerCalls } from ${JSON.stringify(compiled)}
    // As better-sqlite3 makes its errors: structured cloning sees a plain object without an enumerable message.
    const foreignError = (message) =>
      Object.create(Error.prototype, { message: { value: message }, code: { value: 'X', enumerable: true } })
    answerCalls(parentPort, ${operations})`
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`))
  return { worker, [Symbol.asyncDispose]: async () => void (await worker.terminate()) }
}
