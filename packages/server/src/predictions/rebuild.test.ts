import fc from 'fast-check'
import { expect, it } from 'vitest'

import { rowsOf } from '../testing/an-event.ts'
import { aQuery, DAY_MS, instance, NOW_MS } from '../testing/an-observation.ts'
import { propertyRuns } from '../testing/property-runs.ts'
import { createInstance, ENGINES } from '../testing/engines.ts'
import type { Instance, Store } from '../storage/store.ts'
import { Predictor } from './predictor.ts'
import { Projector } from './projector.ts'
import { rebuildProjection, verifyUnits } from './rebuild.ts'
import { type StoredUnit, Units } from './units.ts'

const WINDOW_MS = 90 * DAY_MS
const INSTANCES = 4

/** What may happen to a server, one after the other. */
type Step =
  | {
      readonly kind: 'report'
      readonly who: number
      readonly numbers: readonly number[]
      readonly model: string
    }
  | { readonly kind: 'checkpoint' | 'crash' }
  | { readonly kind: 'wait'; readonly days: number }
  | { readonly kind: 'delete'; readonly who: number }
  | { readonly kind: 'delete beside'; readonly who: number }

const someStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('report' as const),
      who: fc.nat(INSTANCES - 1),
      // Few numbers, so that many events are sent again.
      numbers: fc.array(fc.nat(60), { minLength: 1, maxLength: 25 }),
      model: fc.constantFrom('claude-sonnet-4-5', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'gpt-5'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('checkpoint' as const, 'crash' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), days: fc.constantFrom(0.01, 1, 16, 45, 91) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), who: fc.nat(INSTANCES - 1) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('delete beside' as const), who: fc.nat(INSTANCES - 1) }),
  },
)

for (const engine of ENGINES) {
  it(`${engine.name}: whatever happens, the stored units are byte for byte what the events alone give`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(someStep, { minLength: 3, maxLength: 25, size: 'max' }), async (steps) => {
        await using database = await engine.createDatabase()
        const server = await aServerOn(await database.open())

        for (const step of steps) await server.take(step)
        await server.take({ kind: 'checkpoint' })

        const settings = { windowMs: WINDOW_MS, nowMs: server.nowMs() }
        const verified = await verifyUnits(server.store, settings)
        const live = inOrder((await server.store.loadUnits()).units)
        const rebuilt = await rebuildProjection(server.store, settings)
        expect(verified).toMatchObject({ differences: [], position: rebuilt.position })
        expect(inOrder((await server.store.loadUnits()).units)).toEqual(live)
        expect(server.answer()).toEqual(
          answerOf((await aProjection(server.store, server.nowMs())).units, server.nowMs()),
        )
      }),
      { numRuns: propertyRuns(8) },
    )
  })

  it(`${engine.name}: an instance that was deleted leaves units and answers as if it had never been`, async () => {
    const reports = someStep.filter(
      ({ kind }) => kind === 'report' || kind === 'checkpoint' || kind === 'crash',
    )
    await fc.assert(
      fc.asyncProperty(fc.array(reports, { minLength: 3, maxLength: 20 }), async (steps) => {
        await using one = await engine.createDatabase()
        await using other = await engine.createDatabase()
        const [with0, without0] = [await aServerOn(await one.open()), await aServerOn(await other.open())]

        for (const step of steps) {
          await with0.take(step)
          if (step.kind !== 'report' || step.who !== 0) await without0.take(step)
        }
        await with0.take({ kind: 'delete', who: 0 })
        for (const server of [with0, without0]) await server.take({ kind: 'checkpoint' })

        expect(with0.answer()).toEqual(without0.answer())
        expect(inOrder((await with0.store.loadUnits()).units)).toEqual(
          inOrder((await without0.store.loadUnits()).units),
        )
      }),
      { numRuns: propertyRuns(6) },
    )
  })

  it(`${engine.name}: finds every unit that differs, and a rebuild mends it`, async () => {
    await using database = await engine.createDatabase()
    const server = await aServerOn(await database.open())
    await server.take({ kind: 'report', who: 0, numbers: [1, 2, 3], model: 'gpt-5' })
    await server.take({ kind: 'report', who: 1, numbers: [4], model: 'gpt-5' })
    await server.take({ kind: 'checkpoint' })
    const { units, position } = await server.store.loadUnits()
    const [first, second] = units as [StoredUnit, StoredUnit]
    const settings = { windowMs: WINDOW_MS, nowMs: NOW_MS }

    await server.store.replaceUnits(
      [
        { ...first, samples: second.samples },
        { ...first, model: 'unheard-of' },
      ],
      position,
    )
    const damaged = await verifyUnits(server.store, settings)
    await rebuildProjection(server.store, settings)
    const mended = await verifyUnits(server.store, settings)

    expect(damaged.differences.map(({ kind, unit }) => [kind, unit.model, unit.instanceId])).toEqual([
      ['different', 'gpt-5', first.instanceId],
      ['missing', 'gpt-5', second.instanceId],
      ['surplus', 'unheard-of', first.instanceId],
    ])
    expect(mended).toEqual({ position, events: 4, units: 2, differences: [] })
    expect(inOrder((await server.store.loadUnits()).units)).toEqual(inOrder(units))
  })

  it(`${engine.name}: verifies one state while events go on coming`, async () => {
    await using database = await engine.createDatabase()
    const server = await aServerOn(await database.open())
    await server.take({
      kind: 'report',
      who: 0,
      numbers: Array.from({ length: 200 }, (_, n) => n),
      model: 'gpt-5',
    })
    await server.take({ kind: 'checkpoint' })

    const verifying = verifyUnits(server.store, { windowMs: WINDOW_MS, nowMs: NOW_MS })
    for (let n = 0; n < 20; n++) {
      await server.take({ kind: 'report', who: 1, numbers: [n], model: 'gpt-5' })
      await server.take({ kind: 'checkpoint' })
    }

    expect((await verifying).differences).toEqual([])
  })
}

/** A server as far as predictions go: it stores, folds, saves, crashes and forgets. */
async function aServerOn(store: Store) {
  const senders: Instance[] = []
  for (let who = 0; who < INSTANCES; who++) senders.push(await createInstance(store, who))
  let nowMs = NOW_MS
  let { units, projector } = await aProjection(store, nowMs)

  const steps = {
    async report({ who, numbers, model }: Extract<Step, { kind: 'report' }>) {
      const sender = senders[who]
      if (sender === undefined) return
      const requests = [rowsOf(sender, numbers, { model }, nowMs)]
      const outcome = await store.appendEvents(requests)
      if (outcome.kind !== 'stored') throw new Error(outcome.cause)
      projector.fold({ requests, appended: outcome.requests, position: outcome.position })
    },
    checkpoint: () => projector.checkpoint(nowMs),
    async crash() {
      ;({ units, projector } = await aProjection(store, nowMs))
    },
    async wait({ days }: Extract<Step, { kind: 'wait' }>) {
      nowMs += Math.round(days * DAY_MS)
    },
    async delete({ who }: { readonly who: number }) {
      await store.deleteInstance(instance(who), nowMs)
      units.deleteInstance(instance(who))
    },
    /** As another process does it: this one goes on for a while before it hears of it. */
    async 'delete beside'({ who }: { readonly who: number }) {
      await store.deleteInstance(instance(who), nowMs)
      await projector.checkpoint(nowMs)
      await steps.report({ kind: 'report', who, numbers: [1, 2, 3], model: 'gpt-5' })
      units.deleteInstance(instance(who))
    },
  }
  return {
    store,
    nowMs: () => nowMs,
    take: (step: Step): Promise<void> => steps[step.kind](step as never),
    answer: () => answerOf(units, nowMs),
  }
}

async function aProjection(store: Store, nowMs: number) {
  const units = new Units({ windowMs: WINDOW_MS })
  const projector = new Projector(store, units)
  await projector.start(nowMs)
  return { units, projector }
}

function answerOf(units: Units, nowMs: number) {
  return new Predictor(units, { minInstances: 1 }, () => nowMs).predict(aQuery)
}

function inOrder(units: readonly StoredUnit[]): string[] {
  return units.map((unit) => JSON.stringify({ ...unit, samples: [...unit.samples] })).sort()
}
