/** Limits of the wire contract that are not a bound of one event field. */

/** The event schema this code writes. Any other `1.x` is read as this one. */
export const SCHEMA_VERSION = '1.0'

/** Events in one `POST /v1/events/batch`. */
export const MAX_EVENTS_PER_BATCH = 100

/** Queries in one `POST /v1/predictions/batch`. */
export const MAX_QUERIES_PER_BATCH = 100

/** Bytes of a request body as sent, compressed or not. */
export const MAX_BODY_BYTES = 1024 * 1024

/** Bytes of a request body after decompression. */
export const MAX_UNPACKED_BODY_BYTES = 8 * 1024 * 1024

/** How far ahead of the server's clock an event's timestamp may be, in milliseconds. */
export const MAX_CLOCK_LEAD_MS = 24 * 60 * 60 * 1000
