import { createHash } from 'node:crypto'

import { openStore } from '@mosaicstack/telemetry-server'

import { apiKeyOf, instanceIdOf, INSTANCES } from '../ingest/population.ts'
import { ask, type Cluster } from './cluster.ts'

/** Databases that measurements are copied from, by how many events they hold. */
export class FilledDatabases {
  readonly #cluster: Cluster
  readonly #made = new Set<number>()
  #copies = 0

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  /** @returns the URL of a database with that many events, for one measurement. */
  async copyOf(storedEvents: number): Promise<string> {
    const from = await this.#filled(storedEvents)
    const name = `copy_${++this.#copies}`
    if (this.#copies > 1) await this.#ask(`DROP DATABASE IF EXISTS copy_${this.#copies - 1} WITH (FORCE)`)
    await this.#ask(`CREATE DATABASE ${name} TEMPLATE ${from} STRATEGY FILE_COPY`)
    return this.#cluster.urlOf(name)
  }

  async #filled(storedEvents: number): Promise<string> {
    const name = `stored_${storedEvents}`
    if (this.#made.has(storedEvents)) return name
    if (storedEvents === 0) {
      await this.#ask(`CREATE DATABASE ${name}`)
      await createInstances(this.#cluster.urlOf(name))
    } else {
      const has = Math.max(0, ...[...this.#made].filter((events) => events < storedEvents))
      await this.#ask(`CREATE DATABASE ${name} TEMPLATE ${await this.#filled(has)} STRATEGY FILE_COPY`)
      for (let from = has; from < storedEvents; from += EVENTS_AT_ONCE) {
        await ask(this.#cluster.urlOf(name), fill(from, Math.min(storedEvents, from + EVENTS_AT_ONCE)))
      }
      await ask(this.#cluster.urlOf(name), 'VACUUM ANALYZE mosaic_telemetry.events')
    }
    this.#made.add(storedEvents)
    return name
  }

  #ask(sql: string) {
    return ask(this.#cluster.urlOf('postgres'), sql)
  }
}

const EVENTS_AT_ONCE = 500_000

/**
 * Events of the 30 days before the last hundred, a hundred of an instance at a time, with random ids. They are outside
 * the window of predictions, and counted as read: what is measured is storing.
 */
function fill(from: number, to: number): string {
  return `
    SET search_path TO mosaic_telemetry;
    INSERT INTO words (word) VALUES ('a model') ON CONFLICT DO NOTHING;
    INSERT INTO events (received_at_ms, timestamp_us, context_utilization_final, instance_no, task_duration_ms, model,
      estimated_input_tokens, estimated_output_tokens, actual_input_tokens, actual_output_tokens,
      estimated_cost_usd_micros, actual_cost_usd_micros, task_type, complexity, harness, provider, quality_gate_passed,
      quality_gates_run, quality_gates_failed, context_compactions, context_rotations, outcome, retry_count, event_id)
    SELECT at_ms, at_ms * 1000, 0.5, instance_no, 60000, 1, 1000, 100, 1000, 100, 4000, 4000,
           0, 0, 0, 0, 1, 7, 0, 0, 0, 0, 0, gen_random_uuid()
      FROM (SELECT number, (number / 100 * 193) % ${INSTANCES} + 1 AS instance_no,
                   (extract(epoch FROM now() - interval '130 days') * 1000)::bigint + number AS at_ms
              FROM generate_series(${from}, ${to - 1}) AS number) AS made ORDER BY number;
    UPDATE projections SET position = (SELECT max(position) FROM events)`
}

/** In one statement: a thousand commits take a while on a slow disk. */
async function createInstances(databaseUrl: string): Promise<void> {
  await (await openStore({ databaseUrl, dataDir: '' })).close() // makes the tables
  const numbers = Array.from({ length: INSTANCES }, (_, number) => number)
  const keys = numbers.map((instance) => {
    const sha256 = createHash('sha256').update(apiKeyOf(instance)).digest('hex')
    return `('${instanceIdOf(instance)}', 'key ${instance}', '\\x${sha256}'::bytea, ${instance + 1})`
  })
  await ask(
    databaseUrl,
    `SET search_path TO mosaic_telemetry;
     CREATE TEMP TABLE made (instance_id, key_id, sha256, change_no) AS VALUES ${keys.join(', ')};
     INSERT INTO instances (instance_id, created_at_ms) SELECT instance_id, 0 FROM made ORDER BY change_no;
     INSERT INTO api_keys (key_id, instance_no, sha256, prefix, created_at_ms, change_no)
     SELECT key_id, instance_no, sha256, 'key', 0, change_no FROM made JOIN instances USING (instance_id)`,
  )
}
