/**
 * Whether anything may be told to a server: `DO_NOT_TRACK` and `MOSAIC_TELEMETRY_ENABLED` each forbid it. Logs are read
 * and reported on this machine all the same.
 */
export function whyNotTell(env: NodeJS.ProcessEnv): string | undefined {
  if (!['', '0', 'false'].includes((env['DO_NOT_TRACK'] ?? '').toLowerCase())) return 'DO_NOT_TRACK is set'
  const enabled = env['MOSAIC_TELEMETRY_ENABLED']
  if (enabled === undefined || ['1', 'true', 'yes'].includes(enabled.toLowerCase())) return undefined
  return 'MOSAIC_TELEMETRY_ENABLED switches telemetry off'
}
