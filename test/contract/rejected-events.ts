import { eventFields } from '@mosaicstack/telemetry-client/protocol'

import { goodEvent, type EventFate, type HostileKind } from './hostile-request.ts'
import type { SeededRandom } from './seeded-random.ts'
import { aVectorEvent } from './vectors.ts'

interface HostileEvent {
  readonly json: string
  readonly fate: EventFate
}

/** Batches of a good event and a hostile one: neither may cost the other. */
export const rejectedEvents: readonly HostileKind[] = [
  besideAGoodOne('a wrong value in any field', (random) => {
    const field = random.pick(Object.keys(eventFields))
    return rejected(field, eventWith(random, field, random.pick(WRONG_EVERYWHERE)))
  }),
  besideAGoodOne('a wrong value in every field', (random) => {
    const wrong = random.pick(WRONG_EVERYWHERE)
    const members = Object.keys(eventFields).map((name) => `"${name}":${wrong}`)
    return rejected('instance_id', `{${members.join(',')}}`)
  }),
  besideAGoodOne('what is no object', (random) =>
    rejected('', random.pick(['null', '5', '"event"', 'true', '[]', '[{}]', '-1e400', '"__proto__"'])),
  ),
  besideAGoodOne('deep nesting in a field', (random) => {
    const depth = random.pick([10, 100, 1_000, 10_000, 100_000, 500_000])
    return rejected('model', eventWith(random, 'model', '['.repeat(depth) + ']'.repeat(depth)))
  }),
  besideAGoodOne('deep nesting in a field that nobody knows', (random) => {
    const depth = random.pick([10, 100, 1_000, 10_000, 100_000, 500_000])
    return accepted(random, (event) => withMember(event, `"x":${'['.repeat(depth)}${']'.repeat(depth)}`))
  }),
  besideAGoodOne('a long text in a field that nobody knows', (random) =>
    accepted(random, (event) => withMember(event, `"prompt":"${'x'.repeat(100_000)}"`)),
  ),
  besideAGoodOne('all fields in the prototype', (random) =>
    rejected('instance_id', `{"__proto__":${goodEvent(random)}}`),
  ),
  besideAGoodOne('a poisoned prototype', (random) =>
    accepted(random, (event) => withMember(event, random.pick(POISONS))),
  ),
  besideAGoodOne('a lone surrogate', (random) => {
    const field = random.pick(['model', 'language'])
    return rejected(
      field,
      eventWith(random, field, random.pick(['"\\ud800"', '"a\\udfff"', '"\\udc00\\ud800"'])),
    )
  }),
  besideAGoodOne('U+0000 in a text', (random) => {
    const field = random.pick(['model', 'language', 'task_type', 'timestamp', 'event_id', 'schema_version'])
    return rejected(
      field,
      eventWith(random, field, random.pick(['"\\u0000"', '"a\\u0000b"', '"low\\u0000"'])),
    )
  }),
  besideAGoodOne('a huge number', (random) => {
    const field = random.pick(NUMBER_FIELDS)
    return rejected(field, eventWith(random, field, random.pick(HUGE_NUMBERS)))
  }),
  besideAGoodOne('a text of a hundred thousand characters', (random) => {
    const field = random.pick(['model', 'language', 'outcome', 'timestamp', 'instance_id'])
    return rejected(field, eventWith(random, field, `"${random.pick(['m', '🚀', '1']).repeat(100_000)}"`))
  }),
  besideAGoodOne('ten thousand gates of which the last is none', (random) => {
    const gates = `[${'"build",'.repeat(10_000)}"deploy"]`
    return rejected('quality_gates_run', eventWith(random, 'quality_gates_run', gates))
  }),
  besideAGoodOne('a field that comes twice, wrong at last', (random) =>
    rejected('model', withMember(goodEvent(random), '"model":5')),
  ),
  besideAGoodOne('a field that comes twice, right at last', (random) =>
    accepted(random, (event) => `{"model":5,${event.slice(1)}`),
  ),
  besideAGoodOne('a model that would be code elsewhere', (random) => {
    const model = random.pick(CODE)
    return accepted(random, (event) => withMember(event, `"model":${JSON.stringify(model)}`), model)
  }),
  {
    name: 'the same event twice',
    make(random) {
      const first = accepted(random, (event) => event)
      const eventId = (first.fate as Extract<EventFate, { kind: 'accepted' }>).eventId
      return batchOf([first, { json: first.json, fate: { kind: 'duplicate', eventId } }])
    },
  },
]

function besideAGoodOne(name: string, makeHostile: (random: SeededRandom) => HostileEvent): HostileKind {
  return {
    name,
    make(random) {
      const good = accepted(random, (event) => event)
      const hostile = makeHostile(random)
      return batchOf(random.below(2) === 0 ? [good, hostile] : [hostile, good])
    },
  }
}

function batchOf(events: readonly HostileEvent[]) {
  return {
    request: { body: `{"events":[${events.map(({ json }) => json).join(',')}]}` },
    expected: { kind: 'answered', events: events.map(({ fate }) => fate) },
  } as const
}

function rejected(field: string, json: string): HostileEvent {
  return { json, fate: { kind: 'rejected', field } }
}

function accepted(
  random: SeededRandom,
  disguise: (json: string) => string,
  model = String(aVectorEvent()['model']),
): HostileEvent {
  const eventId = random.uuid()
  const json = disguise(goodEvent(random, { event_id: eventId }))
  return { json, fate: { kind: 'accepted', eventId, model } }
}

/** A good event with JSON of any kind in one of its fields. */
function eventWith(random: SeededRandom, field: string, valueJson: string): string {
  const others = Object.entries(JSON.parse(goodEvent(random)) as object).filter(([name]) => name !== field)
  return withMember(JSON.stringify(Object.fromEntries(others)), `"${field}":${valueJson}`)
}

function withMember(event: string, member: string): string {
  return `${event.slice(0, -1)},${member}}`
}

const NUMBER_FIELDS = Object.entries(eventFields)
  .filter(([, { kind }]) => kind === 'integer' || kind === 'number')
  .map(([name]) => name)

/** Right in no field of the table. */
const WRONG_EVERYWHERE = [
  '{}',
  '{"model":"m"}',
  '[{}]',
  '[[]]',
  '[null]',
  '-1',
  '-1e400',
  '1e400',
  '"\\ud800"',
  '"\\u0000"',
  `"${'x'.repeat(200)}"`,
]

const HUGE_NUMBERS = [
  '1e400',
  '-1e400',
  '1e308',
  '-1e308',
  '9'.repeat(400),
  `-${'9'.repeat(30)}`,
  '1e19',
  '4294967296.5',
]

const POISONS = [
  '"__proto__":{"polluted":true,"model":5}',
  '"__proto__":null',
  '"__proto__":[]',
  '"constructor":{"prototype":{"polluted":true}}',
  '"constructor":null',
  '"hasOwnProperty":1',
  '"toString":null,"valueOf":null',
  '"toJSON":"x"',
  '"then":{}',
]

const CODE = [
  "'; DROP TABLE events; --",
  '<script>alert(1)</script>',
  '${jndi:ldap://127.0.0.1/x}',
  '%s%n%d',
  '../../etc/passwd',
  '{{7*7}}',
  '=1+1',
  '__proto__',
  '\u202eegnaro',
  '\r\nset-cookie: a=b',
]
