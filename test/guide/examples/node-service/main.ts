import { telemetry } from './telemetry.js'

async function main() {
  process.on('SIGTERM', async () => {
    await telemetry.stop()
    process.exit(0)
  })
}

main()
