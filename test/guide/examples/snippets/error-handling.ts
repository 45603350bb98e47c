// Address, key and instance come from the environment.
export const client = new TelemetryClient({
  onError: ({ message }) => {
    if (message.includes('HTTP 403')) console.error('auth failed: key and instance do not belong together')
    else if (message.includes('HTTP 429')) console.warn('rate limited: sent again later')
    else console.error('Telemetry error:', message)
  },
})
