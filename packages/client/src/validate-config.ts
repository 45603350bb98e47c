import { host } from '#platform'

import { resolveConfig, type TelemetryConfig } from './config.ts'

/** What is wrong with a configuration, the environment taken into account: one sentence an option, empty if nothing. */
export function validateConfig(config: TelemetryConfig = {}): string[] {
  return [...resolveConfig(config, host.env).problems]
}
