import { moment } from '../output/format.ts'
import { broken, type Finding, note, ok } from './finding.ts'

const TIMEOUT_MS = 5_000
/** The `Date` header tells whole seconds; what is below is its rounding and the way. */
const MAX_SKEW_MS = 5_000
/** Beyond it the server refuses events as coming from the future. */
const MAX_LEAD_MS = 24 * 3_600_000

export interface ExaminedServer {
  readonly findings: readonly Finding[]
  readonly isThere: boolean
}

/** Whether a telemetry server answers at that address, can store, and has our time. */
export async function examineServer(what: string, serverUrl: string): Promise<ExaminedServer> {
  const askedAtMs = Date.now()
  let response: Response
  try {
    response = await fetch(`${serverUrl}/health`, { signal: AbortSignal.timeout(TIMEOUT_MS) })
  } catch {
    const fix = 'Start one with `mosaic-telemetry serve`, or correct the address.'
    return { findings: [broken(what, `${serverUrl} does not answer`, fix)], isThere: false }
  }

  const body = (await response.json().catch(() => ({}))) as { status?: unknown; version?: unknown }
  if (typeof body.version !== 'string' && body.status === undefined) {
    const fix = 'Correct the address, or ask for a proxy or sign-in page in between.'
    return { findings: [broken(what, `${serverUrl} is no telemetry server`, fix)], isThere: false }
  }
  if (!response.ok) {
    const fix = 'See its log and whether its disk is full.'
    return {
      findings: [broken(what, `${serverUrl} cannot store: HTTP ${response.status}`, fix)],
      isThere: true,
    }
  }
  const version = typeof body.version === 'string' ? `, version ${body.version}` : ''
  return {
    findings: [ok(what, `${serverUrl} answers${version}`), ...examineClock(what, response, askedAtMs)],
    isThere: true,
  }
}

function examineClock(what: string, response: Response, askedAtMs: number): readonly Finding[] {
  const theirsMs = Date.parse(response.headers.get('date') ?? '')
  if (Number.isNaN(theirsMs)) return []
  const oursMs = (askedAtMs + Date.now()) / 2
  const leadMs = Math.abs(oursMs - theirsMs) <= MAX_SKEW_MS ? 0 : Math.round(oursMs - theirsMs)
  if (leadMs === 0) return [ok(`${what} clock`, 'agrees with ours')]

  const detail = `ours says ${moment(new Date(oursMs).toISOString())}, the server's ${moment(new Date(theirsMs).toISOString())} (UTC)`
  const fix = 'Set the clock of the machine that is wrong, best by NTP.'
  return [leadMs > MAX_LEAD_MS ? broken(`${what} clock`, detail, fix) : note(`${what} clock`, detail, fix)]
}

/** Whether the server takes this key for events; an empty batch stores nothing. */
export async function examineKey(serverUrl: string, apiKey: string): Promise<Finding> {
  const status = await statusOf(`${serverUrl}/v1/events/batch`, apiKey, '{"events":[]}')
  if (status === 401 || status === 403) {
    const fix = 'Make one with `mosaic-telemetry keys create <instance-id>` and set MOSAIC_TELEMETRY_API_KEY.'
    return broken('events key', `HTTP ${status}: unknown, expired or revoked`, fix)
  }
  if (status === undefined || status === 404 || status >= 500) {
    return note('events key', `cannot be tried: ${status === undefined ? 'no answer' : `HTTP ${status}`}`)
  }
  return ok('events key', 'is valid')
}

/** Whether the server lets this token read runs; many ask for none. */
export async function examineRunToken(serverUrl: string, token: string): Promise<Finding> {
  const status = await statusOf(`${serverUrl}/api/v1/runs?limit=1`, token)
  if (status === 200) return ok('runs token', token === '' ? 'none is needed' : 'is accepted')
  if (status === 401 || status === 403) {
    return broken('runs token', `HTTP ${status}`, "Set TELEMETRY_API_AUTH_TOKEN to the server's token.")
  }
  const said = status === undefined ? 'no answer' : `HTTP ${status}`
  return broken('runs token', `${serverUrl} has no agent runs: ${said}`, 'Correct TELEMETRY_API_URL.')
}

async function statusOf(url: string, token: string, body?: string): Promise<number | undefined> {
  try {
    const response = await fetch(url, {
      headers: {
        ...(token !== '' && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { method: 'POST', body }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    await response.body?.cancel()
    return response.status
  } catch {
    return undefined
  }
}
