import { runClientSettings } from '@mosaicstack/telemetry-client/diagnostics'
import type { RunRecord, RunTimelineEvent } from '@mosaicstack/telemetry-client/protocol'
import { readLocalCredentials, resolveSetting } from '@mosaicstack/telemetry-server/config'
import type { Command } from 'commander'

import { CliError } from '../cli-error.ts'

export interface RunServerFlags {
  readonly serverUrl?: string
  readonly dataDir?: string
  readonly json?: boolean
}

/** Reads runs from a server. Whatever goes wrong is a `CliError`. */
export interface RunApi {
  readonly serverUrl: string
  list(query: RunQuery): Promise<readonly RunRecord[]>
  /** Undefined where no run has that event id. */
  find(eventId: string): Promise<RunRecord | undefined>
  timeline(eventId: string): Promise<readonly RunTimelineEvent[]>
}

/** The filters of `GET /api/v1/runs`, by their names there. */
export type RunQuery = Readonly<Record<string, string | undefined>>

const TIMEOUT_MS = 10_000

export function addRunServerFlags(command: Command): Command {
  return command
    .option('--server-url <url>', 'ask that server')
    .option('--data-dir <directory>', 'directory of the local server')
    .option('--json', 'print JSON')
}

/** The flag, else `TELEMETRY_API_URL`, else the local server where it was last, else the usual address. */
export function runServerUrl(flags: RunServerFlags): string {
  const named = flags.serverUrl ?? process.env['TELEMETRY_API_URL']
  if (named !== undefined && named !== '') return named.replace(/\/+$/, '')
  const local = readLocalCredentials(resolveSetting('dataDir', flags.dataDir, process.env))
  return local?.server_url ?? runClientSettings().serverUrl
}

export function openRunApi(flags: RunServerFlags): RunApi {
  const serverUrl = runServerUrl(flags)
  const { apiKey } = runClientSettings({ serverUrl })

  const get = async (path: string): Promise<Response> => {
    const response = await fetch(`${serverUrl}${path}`, {
      headers: { accept: 'application/json', ...(apiKey !== '' && { authorization: `Bearer ${apiKey}` }) },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((cause: unknown) => {
      throw new CliError(`${serverUrl} does not answer`, {
        hint: 'Start a server with `mosaic-telemetry serve`, or set TELEMETRY_API_URL.',
        cause,
      })
    })
    if (response.ok || response.status === 404) return response
    throw await refusal(response)
  }
  const read = async <Answer>(path: string): Promise<Answer | undefined> => {
    const response = await get(path)
    if (response.status === 404) return undefined
    return response.json().catch((cause: unknown) => {
      throw new CliError(`${serverUrl} is no telemetry server: it does not answer with JSON`, {
        hint: 'Check --server-url and TELEMETRY_API_URL.',
        cause,
      })
    }) as Promise<Answer>
  }

  return {
    serverUrl,
    async list(query) {
      const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
      const runs = await read<readonly RunRecord[]>(`/api/v1/runs?${new URLSearchParams(given)}`)
      if (Array.isArray(runs)) return runs
      throw new CliError(`${serverUrl} has no agent runs: it is not this server, or too old`, {
        hint: 'Check --server-url and TELEMETRY_API_URL.',
      })
    },
    find: (eventId) => read<RunRecord>(`/api/v1/runs/${encodeURIComponent(eventId)}`),
    timeline: async (eventId) =>
      (await read<readonly RunTimelineEvent[]>(`/api/v1/runs/${encodeURIComponent(eventId)}/events`)) ?? [],
  }
}

async function refusal(response: Response): Promise<CliError> {
  const body = (await response.json().catch(() => ({}))) as { error?: { message?: string } }
  const isWrongUse = response.status === 400 || response.status === 422
  return new CliError(`HTTP ${response.status}: ${body.error?.message ?? 'no telemetry server answered'}`, {
    hint:
      response.status === 401
        ? 'Set TELEMETRY_API_AUTH_TOKEN to the token of that server.'
        : isWrongUse
          ? 'See `mosaic-telemetry runs list --help`.'
          : 'Check the server and its address.',
    exitCode: isWrongUse ? 2 : 1,
  })
}
