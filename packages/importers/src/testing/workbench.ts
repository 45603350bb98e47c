import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { importLogs, type ImportReport } from '../import/import-logs.ts'
import type { Importer, Machine } from '../importer.ts'
import { importers } from '../importers.ts'
import { type Ledger, openLedger } from '../ledger/ledger.ts'
import type { PriceTable } from '../pricing/price-table.ts'

const fixtures = fileURLToPath(new URL('./fixtures/', import.meta.url))

export function fixture(path: string): string {
  return join(fixtures, path)
}

/** A home directory with logs in it, and a ledger beside it. Both are gone at the end of the block. */
export interface Workbench extends AsyncDisposable {
  readonly home: string
  readonly machine: Machine
  ledger: Ledger
  /** Copies a fixture into the home directory. */
  bring(fixturePath: string, homePath: string): void
  /** Writes a log: text, or one JSON value a line. */
  write(homePath: string, content: string | readonly unknown[]): void
  import(options?: { readonly importers?: readonly Importer[] }): Promise<ImportReport>
  /** Closes the ledger and opens it again, or another one. */
  reopen(name?: string): Promise<void>
}

export async function aWorkbench(options: { readonly prices?: PriceTable } = {}): Promise<Workbench> {
  const home = mkdtempSync(join(tmpdir(), 'mosaic-importers-'))
  const open = (name: string) => openLedger({ path: join(home, `${name}.db`), prices: options.prices })
  const machine: Machine = { platform: 'linux', home, env: () => undefined }
  const bench: Workbench = {
    home,
    machine,
    ledger: await open('ledger'),
    bring: (from, to) => cpSync(fixture(from), join(home, to), { recursive: true }),
    write(path, content) {
      mkdirSync(dirname(join(home, path)), { recursive: true })
      writeFileSync(join(home, path), typeof content === 'string' ? content : asLines(content))
    },
    import: (given = {}) => importLogs({ ledger: bench.ledger, importers, machine, ...given }),
    async reopen(name = 'ledger') {
      bench.ledger.close()
      bench.ledger = await open(name)
    },
    async [Symbol.asyncDispose]() {
      bench.ledger.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
  return bench
}

export function asLines(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('')
}

/**
 * Everything a ledger knows, without the numbers it gave and without how far which file was read: equal for equal
 * facts, in whatever order they came.
 */
export function contentsOf({ database }: Ledger): unknown {
  const all = (sql: string): unknown => database.prepare(sql).all()
  return {
    requests: all(
      `SELECT r.harness, r.request_key, s.session, p.prompt, task.prompt AS task, r.at_ms, m.model, m.provider, r.role,
         r.subagent, r.fresh_input, r.cache_read, r.cache_write_5m, r.cache_write_1h, r.output, r.reasoning,
         r.is_output_partial, r.is_fast, r.sources, r.otlp_output, r.otlp_nano_usd, r.repaired_output,
         r.cost_nano_usd, r.cost_source
       FROM requests r JOIN prompts p USING (prompt_no) JOIN sessions s USING (session_no)
       JOIN models m USING (model_no) LEFT JOIN prompts task ON task.prompt_no = p.task_no
       ORDER BY r.harness, r.request_key`,
    ),
    tasks: all('SELECT event_id, record FROM tasks ORDER BY event_id'),
    missing: all("SELECT session, missing FROM sessions WHERE missing <> '[]' ORDER BY session"),
  }
}
