import { existsSync } from 'node:fs'

import { allInput, ImporterError, openLedger, spend, type SpendGroup } from '@mosaicstack/telemetry-importers'

import type { Spend, SpendLedger, SpendRow } from './spend-ledger.ts'

/** Reads the importers' ledger, opened for each question: an import may be writing to it, and seldom does anybody ask. */
export function importedSpend(ledgerFile: string): SpendLedger {
  return {
    async spend({ by, sinceMs }): Promise<Spend> {
      if (!existsSync(ledgerFile)) return { kind: 'nothing_imported' }
      try {
        await using ledger = await openLedger({ path: ledgerFile })
        const [total] = spend(ledger, { by: [], fromMs: sinceMs })
        return {
          kind: 'spend',
          total: total === undefined ? nothing : rowOf(total, 'total'),
          rows: spend(ledger, { by: [by], fromMs: sinceMs }).map((group) =>
            rowOf(group, group.keys[by] ?? 'no project'),
          ),
          missing: total?.completeness.missing ?? [],
        }
      } catch (error) {
        const { message } = error as Error
        const again = `Move ${ledgerFile} away and ask for \`mosaic-telemetry import\`: it is made of the logs again.`
        const nextStep = error instanceof ImporterError ? error.hint : again
        return { kind: 'unreadable', what: `What was imported cannot be read: ${message}`, nextStep }
      }
    },
  }
}

const nothing: SpendRow = {
  name: 'total',
  tasks: 0,
  costUsdMicros: 0,
  unpricedTokens: 0,
  inputTokens: 0,
  outputTokens: 0,
}

function rowOf({ cost, tasks, tokens, unpricedTokens }: SpendGroup, name: string): SpendRow {
  return {
    name,
    tasks,
    costUsdMicros: Math.round(cost.knownNanoUsd / 1000),
    unpricedTokens,
    inputTokens: allInput(tokens),
    outputTokens: tokens.output,
  }
}
