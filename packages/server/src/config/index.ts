/**
 * What a program on the server's machine shares with it, without loading the server: settings, and where things are.
 */
export { flagOf, resolveConfig, resolveSetting, variableOf } from './resolve-config.ts'
export type { Environment, GivenSettings } from './resolve-config.ts'
export { settings } from './settings.ts'
export type { ServerConfig, Setting, SettingKey } from './settings.ts'
export { credentialsFile, databaseFile, readLocalCredentials } from '../local-files.ts'
export type { LocalCredentials } from '../local-files.ts'
export { ServerError } from '../server-error.ts'
export type { ServerErrorCode } from '../server-error.ts'
export { version } from '../version.ts'
