import { expect, it } from 'vitest'

import { urlsOfHosts, withFirstAble } from './hosts.ts'

it.each([
  ['postgres://a/telemetry', ['postgres://a/telemetry']],
  ['postgres:///telemetry?host=/run/postgresql', ['postgres:///telemetry?host=/run/postgresql']],
  [
    'postgresql://us%2Cer:pa,ss%40@a:5432,[::1]:5433,c/telemetry?sslmode=require',
    [
      'postgresql://us%2Cer:pa,ss%40@a:5432/telemetry?sslmode=require',
      'postgresql://us%2Cer:pa,ss%40@[::1]:5433/telemetry?sslmode=require',
      'postgresql://us%2Cer:pa,ss%40@c/telemetry?sslmode=require',
    ],
  ],
])('takes the hosts of %s apart', (url, urls) => {
  expect(urlsOfHosts(url)).toEqual(urls)
})

it('begins with the one that was able last, and goes on in a circle', async () => {
  const tried: string[] = []

  const { result, index } = await withFirstAble(['a', 'b', 'c'], 2, async (each) => {
    tried.push(each)
    if (each !== 'b') throw new Error(`${each} is away`)
    return `with ${each}`
  })

  expect({ result, index, tried }).toEqual({ result: 'with b', index: 1, tried: ['c', 'a', 'b'] })
})

it('tells what was wrong with the first one tried where none is able', async () => {
  const trying = withFirstAble(['a', 'b'], 1, (each) => Promise.reject(new Error(`${each} is away`)))

  await expect(trying).rejects.toThrow('b is away')
})
