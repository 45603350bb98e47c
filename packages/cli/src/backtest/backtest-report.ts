import { evidenceFrom, forecastMetrics, type CompetitorScore } from '@mosaicstack/telemetry-server/backtest'

/** What `backtest --json` prints. Shares are 0 to 1; losses are mean pinball losses on ln value. */
export interface BacktestReport {
  readonly source: string
  readonly events: number
  readonly unscored_events: number
  readonly skipped_lines: number
  readonly metrics: readonly {
    readonly metric: string
    readonly methods: readonly MethodFigures[]
  }[]
  readonly success: readonly {
    readonly method: string
    readonly brier: number
    readonly calibration_error: number
  }[]
}

export interface MethodFigures {
  readonly method: string
  readonly tasks: number
  readonly loss: number
  readonly raw_loss: number
  readonly inside_p10_p90: number
  readonly inside_p25_p75: number
  readonly below_p10: number
  readonly above_p90: number
  /** Mean of p90 / p10, geometric. */
  readonly range_factor: number
  readonly budget_brier: number
  readonly budget_calibration_error: number
  readonly by_evidence: readonly {
    /** Earlier tasks in the exact cell, from this number to the next bucket's. */
    readonly from: number
    readonly tasks: number
    readonly loss: number
    readonly inside_p10_p90: number
  }[]
}

/** The scores in the words of the report; a metric that nothing scored is left out. */
export function reportScores(
  scores: readonly CompetitorScore[],
): Pick<BacktestReport, 'metrics' | 'success'> {
  return {
    metrics: forecastMetrics.flatMap((metric, index) => {
      const methods = scores.flatMap((score) => methodFigures(score, index) ?? [])
      return methods.length === 0 ? [] : [{ metric, methods }]
    }),
    success: scores
      .filter(({ success }) => Number.isFinite(success.brier))
      .map(({ name, success }) => ({
        method: name,
        brier: success.brier,
        calibration_error: success.calibrationError,
      })),
  }
}

function methodFigures({ name, metrics }: CompetitorScore, metric: number): MethodFigures | undefined {
  const score = metrics[metric]
  if (score === undefined || score.all.figures.tasks === 0) return undefined
  const { tasks, loss, rawLoss, inside80, inside50, below10, above90, width } = score.all.figures
  return {
    method: name,
    tasks,
    loss,
    raw_loss: rawLoss,
    inside_p10_p90: inside80,
    inside_p25_p75: inside50,
    below_p10: below10,
    above_p90: above90,
    range_factor: Math.exp(width),
    budget_brier: score.budgets.brier,
    budget_calibration_error: score.budgets.calibrationError,
    by_evidence: score.byEvidence.map(({ figures }, bucket) => ({
      from: evidenceFrom[bucket] ?? 0,
      tasks: figures.tasks,
      loss: figures.loss,
      inside_p10_p90: figures.inside80,
    })),
  }
}
