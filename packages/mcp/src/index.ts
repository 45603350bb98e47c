/** The Model Context Protocol server; `mosaic-telemetry mcp` runs it. */
export { serveStdio } from './serve-stdio.ts'
export type { StdioOptions } from './serve-stdio.ts'
export type { Connection, FindConnection } from './connection.ts'
export { version } from './version.ts'
