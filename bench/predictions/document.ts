import type { GoalRow } from './goal.ts'

const INTRODUCTION = `<!-- Written by \`npm run goals\`. Do not edit: run it again. -->
# Predictions: what was measured, beside the goals

Every forecast is made from earlier tasks only, scored when its task has come, and only then learned; the first 200 tasks
are not scored. Loss is the mean pinball loss on ln value over the quantiles 0.05 to 0.95. \`tuned\` is the best hard
fallback (5 tasks, type 7), \`naive\` falls back below 30 tasks. How streams are made, what the data are and which seeds
chose the constants stands in [bench/predictions/README.md](../bench/predictions/README.md).
`

/** Why a goal is missed. By goal; printed only when it is. */
const reasons: Readonly<Record<string, string>> = {
  G2: `The goals were set on four metrics of pools with 34 to 39 models, whose token and time records are not available
here. The bundled tasks are one team, three models, three task types: nearly every cell is known after 200 tasks, so there
is little that pooling could add. Where it has models to pool over, on the table, the forecast meets the goal.`,
  G3: `The goal belongs to a population whose parameters are not published. This one has more to learn: task x model and
single cells make 5 % of the variance of ln value (13 % in the fit of the real table), one cell in five has two modes, a
quarter of the models jump. While it was built, the same forecast came within 4.0, 1.5 and 0.8 % at 1 000, 5 000 and
15 000 events of a population without those interactions, modes, jumps and releases (seeds 11 and 12). Weights by a
model's scale, a choice of memory for each model, more frequent refits and other constants were tried: none changed the
loss by more than 0.2 %.`,
  G4: `Output tokens of the bundled tasks: the agent's versions 2.1.7 to 2.1.37 wrote placeholder counts, so the recorded
distribution is wide while they were in use and narrow after. Ranges learned in between are too wide, not too narrow.`,
  G6: `800 tasks in ten bins: even true probabilities would measure an error of about 0.03 there.`,
  G7: `What the caps let through is what is shown; identity is the limit.`,
  G10: `Measured while others used the machine; see the processor times.`,
}

/** The page that shows every figure. */
export function document(rows: readonly GoalRow[]): string {
  const goals = [...new Set(rows.map(({ goal }) => goal))]
  const missed = goals.filter((goal) => rows.some((row) => row.goal === goal && !row.isMet))
  return [
    INTRODUCTION,
    `Measured ${new Date().toISOString().slice(0, 10)} with Node ${process.version}. ${rows.filter(({ isMet }) => isMet).length} of ${rows.length} figures meet their goal.\n`,
    ...goals.flatMap((goal) => [`## ${goal}\n`, table(rows.filter((row) => row.goal === goal)), '']),
    ...(missed.length === 0 ? [] : ['## What is missed, and why\n']),
    ...missed.map((goal) => `**${goal}.** ${reasons[goal] ?? 'Not understood yet.'}\n`),
  ].join('\n')
}

function table(rows: readonly GoalRow[]): string {
  return [
    '| what | measured | goal | |',
    '|---|--:|--:|---|',
    ...rows.map(
      ({ what, figure, target, isMet }) =>
        `| ${what} | ${figure} | ${target} | ${target === 'none' ? '' : isMet ? 'met' : '**missed**'} |`,
    ),
  ].join('\n')
}
