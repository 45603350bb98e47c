import { destination, pino, type Logger } from 'pino'

import type { ServerConfig } from './config/settings.ts'

/** Logs as JSON lines to standard error; standard output carries the one line that says where the server is. */
export function createLogger(level: ServerConfig['logLevel']): Logger {
  return pino(
    {
      level,
      base: null,
      // Nothing logs headers; should somebody start to, keys stay out all the same.
      redact: ['req.headers.authorization', 'headers.authorization', 'apiKey', 'api_key', 'token'],
    },
    destination({ fd: 2, sync: false }),
  )
}
