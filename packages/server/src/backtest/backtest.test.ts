import { describe, expect, it } from 'vitest'
import { withAttack } from './attack.ts'
import { benchmarkStream } from './benchmark-stream.ts'
import { compareAll, tunedFallback } from './compare.ts'
import { ForecastCompetitor } from './forecast-competitor.ts'
import { HardFallback } from './hard-fallback.ts'
import { Oracle } from './oracle.ts'
import { runBacktest } from './run-backtest.ts'
import type { CompetitorScore } from './run-backtest.ts'
import { syntheticPopulation } from './synthetic-population.ts'
import { aForecastEvent } from '../testing/a-forecast-event.ts'

describe('the forecast on a population with known truth', () => {
  const events = syntheticPopulation({ seed: 7, events: 2000 })
  const scores = runBacktest(events, [tunedFallback(), new ForecastCompetitor(1), new Oracle(events)], 1)

  it('holds four of five tasks between p10 and p90', () => {
    const { inside80, inside50, below10, above90 } = figures(scores, 'forecast')

    expect(Math.abs(inside80 - 0.8)).toBeLessThan(0.03)
    expect(Math.abs(inside50 - 0.5)).toBeLessThan(0.04)
    expect(Math.abs(below10 - 0.1)).toBeLessThan(0.025)
    expect(Math.abs(above90 - 0.1)).toBeLessThan(0.025)
  })

  it('loses less than hard fallback and more than who knows the truth', () => {
    expect(figures(scores, 'forecast').loss).toBeLessThan(0.95 * figures(scores, 'tuned').loss)
    expect(figures(scores, 'forecast').loss).toBeLessThan(1.1 * figures(scores, 'oracle').loss)
    expect(figures(scores, 'oracle').loss).toBeLessThan(figures(scores, 'forecast').loss)
  })

  it('states the risk of a budget as it is', () => {
    expect(scores[1]?.metrics[0]?.budgets.calibrationError).toBeLessThan(0.02)
  })

  it.each([1000, 0.001, 3])('loses little to one instance that floods it times %f', (factor) => {
    const attacked = withAttack(events.slice(0, 800), { seed: 8, instances: 1, share: 0.8, factor })
    const [clean] = runBacktest(events.slice(0, 800), [new ForecastCompetitor(1)], 1)
    const [score] = runBacktest(attacked, [new ForecastCompetitor(1)], 1)

    const more = figures([score!], 'forecast').loss / figures([clean!], 'forecast').loss

    expect(more).toBeLessThan(1.04)
  })
})

describe('runBacktest', () => {
  it('predicts every task before anybody learns it', () => {
    const asked: string[] = []
    const spy = {
      name: 'spy',
      predict: () => {
        asked.push('predict')
        return undefined
      },
      predictSuccess: () => undefined,
      learn: () => void asked.push('learn'),
    }

    runBacktest(
      Array.from({ length: 202 }, () => aForecastEvent()),
      [spy],
      1,
    )

    expect(asked.slice(-4)).toEqual(['predict', 'learn', 'predict', 'learn'])
    expect(asked.slice(0, 200)).toEqual(Array.from({ length: 200 }, () => 'learn'))
  })

  it('learns from attackers but does not score them', () => {
    const events = [
      ...Array.from({ length: 300 }, () => aForecastEvent()),
      ...Array.from({ length: 100 }, () => ({ ...aForecastEvent({ values: [9e9] }), isAttack: true })),
    ]

    const [score] = runBacktest(events, [tunedFallback()], 1)

    expect(figures([score!], 'tuned').tasks).toBe(100)
    expect(figures([score!], 'tuned').loss).toBe(0)
  })

  it('gives the same scores for the same stream', () => {
    const events = syntheticPopulation({ seed: 9, events: 500 })

    const figuresOf = () => compareAll(events, 1).map(({ metrics }) => metrics[0]?.all.figures)

    expect(figuresOf()).toEqual(figuresOf())
  })
})

describe('HardFallback', () => {
  it.each([
    [6, 100, 900],
    [7, 180, 820],
  ] as const)('ranks by type %d', (percentileType, p10, p90) => {
    const fallback = new HardFallback({ name: 'f', chain: [[]], minEvents: 1, percentileType })
    for (let hundreds = 1; hundreds <= 9; hundreds++) {
      fallback.learn(aForecastEvent({ values: [Math.exp(hundreds)] }))
    }

    const points = fallback.predict(0, aForecastEvent().cell)!

    expect([100 * points[1]!, 100 * points[17]!]).toEqual([expect.closeTo(p10, 6), expect.closeTo(p90, 6)])
  })

  it('falls back until a level holds enough', () => {
    const fallback = new HardFallback({ name: 'f', chain: [['model'], []], minEvents: 2, percentileType: 7 })
    fallback.learn(aForecastEvent({ cell: { model: 'a' }, values: [Math.E] }))
    fallback.learn(aForecastEvent({ cell: { model: 'b' }, values: [Math.E ** 3] }))

    expect(fallback.predict(0, aForecastEvent({ cell: { model: 'a' } }).cell)?.[9]).toBeCloseTo(2)
  })
})

describe('streams', () => {
  it('are the same for the same seed and differ for another', () => {
    expect(syntheticPopulation({ seed: 1, events: 50 })).toEqual(syntheticPopulation({ seed: 1, events: 50 }))
    expect(syntheticPopulation({ seed: 1, events: 50 })).not.toEqual(
      syntheticPopulation({ seed: 2, events: 50 }),
    )
  })

  it('use every run of a table at most once', () => {
    const runs = Array.from({ length: 100 }, (_, index) => ({
      agent: 'agent',
      model: `model-${index % 3}`,
      benchmark: 'bench',
      project: `project-${index % 5}`,
      task: String(index),
      costUsdMicros: 1000 + index,
      resolved: true,
    }))

    const stream = benchmarkStream(runs, { seed: 1, events: 80 })

    expect(new Set(stream.map(({ values }) => values[0])).size).toBe(80)
  })

  it('give attackers the share that was asked for', () => {
    const honest = syntheticPopulation({ seed: 1, events: 200 })

    const attacked = withAttack(honest, { seed: 2, instances: 3, share: 0.75, factor: 10 })

    expect(attacked.length).toBe(800)
    expect(
      new Set(attacked.filter(({ isAttack }) => isAttack).map(({ instanceId }) => instanceId)).size,
    ).toBe(3)
  })
})

function figures(scores: readonly CompetitorScore[], name: string) {
  return scores.find((score) => score.name === name)!.metrics[0]!.all.figures
}
