import { expect, it } from 'vitest'

import { aPostgresDatabase, withClient } from '../../testing/postgres-database.ts'
import { doubleArray, integerArray, uuidArray } from './binary-array.ts'

it('is read by PostgreSQL as it was meant', async () => {
  const doubles = [0, -1, 0.1, 2 ** 53 - 1, Number.NaN, 1.5]
  const integers = [0, -1, 2 ** 31 - 1]
  const url = await aPostgresDatabase('empty')

  const read = await withClient(url, async (client) => {
    const { rows } = await client.query(
      `SELECT $1::double precision[] AS doubles, $2::integer[] AS integers, $3::uuid[]::text[] AS ids,
              ARRAY(SELECT number::bigint::text FROM unnest($1::double precision[]) AS number) AS whole`,
      [
        doubleArray(doubles.length, (index) => doubles[index]!),
        integerArray(integers),
        uuidArray(2, (bytes, offset, index) => void bytes.fill(index + 1, offset, offset + 16)),
      ],
    )
    return rows[0]
  })

  expect(read).toEqual({
    doubles: [0, -1, 0.1, 2 ** 53 - 1, null, 1.5],
    integers,
    ids: ['01010101-0101-0101-0101-010101010101', '02020202-0202-0202-0202-020202020202'],
    whole: ['0', '-1', '0', '9007199254740991', null, '2'],
  })
})

it('may be empty', async () => {
  const url = await aPostgresDatabase('empty')

  const read = await withClient(url, async (client) => {
    const { rows } = await client.query('SELECT cardinality($1::double precision[]) AS size', [
      doubleArray(0, () => 0),
    ])
    return rows[0]
  })

  expect(read).toEqual({ size: 0 })
})
