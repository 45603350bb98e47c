export async function register() {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { getTelemetryClient } = await import('./lib/telemetry')
  getTelemetryClient()

  const sendTheRest = async () => {
    await getTelemetryClient().stop()
    process.exit(0)
  }
  process.on('SIGINT', sendTheRest)
  process.on('SIGTERM', sendTheRest)
}
