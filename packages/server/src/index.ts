/** The Mosaic Telemetry server. */
export const placeholder = true
