import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import ajvFormats from 'ajv-formats'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { startContractServer, type ContractServer } from './contract-server.ts'
import { invalidVectors, validVectors, vectorsNowMs } from './vectors.ts'

let server: ContractServer
let validate: ValidateFunction

beforeAll(async () => {
  server = await startContractServer(vectorsNowMs)
  const { text } = await server.send({ method: 'GET', path: '/v1/schema/task-completion-event.json' })
  const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true })
  ajvFormats.default(ajv)
  validate = ajv.compile(JSON.parse(text) as object)
})
afterAll(() => server[Symbol.asyncDispose]())

describe('the JSON Schema and the vectors', () => {
  it('accepts every valid event', () => {
    const found = validVectors.map(({ title, json }) => ({ title, rejected: rejectedField(json) }))

    expect(found.filter(({ rejected }) => rejected !== undefined)).toEqual([])
  })

  it('rejects every invalid event at the same field', () => {
    const expressible = invalidVectors.filter(({ beyondJsonSchema }) => beyondJsonSchema === undefined)

    const found = expressible.map(({ title, json }) => ({ title, field: rejectedField(json) }))

    expect(found).toEqual(expressible.map(({ title, field }) => ({ title, field })))
  })

  it('accepts an invalid event only where no schema can know the reason', () => {
    const beyond = invalidVectors.filter(({ beyondJsonSchema }) => beyondJsonSchema !== undefined)

    const rejected = beyond.filter(({ json }) => rejectedField(json) !== undefined)

    expect(rejected.map(({ title }) => title)).toEqual([])
    expect(new Set(beyond.map(({ beyondJsonSchema }) => beyondJsonSchema))).toEqual(
      new Set(["the server's clock", 'lone surrogates in a text']),
    )
  })
})

/** The field of the schema's first complaint, empty for the whole event, `undefined` where it accepts. */
function rejectedField(json: string): string | undefined {
  if (validate(JSON.parse(json))) return undefined
  const [first] = validate.errors ?? []
  if (first?.keyword === 'required') return String(first.params['missingProperty'])
  return first?.instancePath.split('/')[1] ?? ''
}
