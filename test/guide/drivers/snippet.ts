import { TelemetryClient } from '@mosaicstack/telemetry-client'

/**
 * Runs one of the guide's fragments, which only make a client: tracks an event with it, stops it, and prints what was
 * requested and what the logger was told. Requests to the address of production go to the test's own server.
 */
const { GUIDE_SNIPPET = '', GUIDE_SERVER_URL = '' } = process.env
const requested: string[] = []
const logged: string[] = []
const clients: TelemetryClient[] = []
const realFetch = globalThis.fetch

globalThis.fetch = (input, init) => {
  const url = String(input)
  requested.push(url)
  return realFetch(url.replace('https://tel-api.mosaicstack.dev', GUIDE_SERVER_URL), init)
}
globalThis.logger = { error: (message, { error }) => void logged.push(`${message}: ${error}`) }
globalThis.TelemetryClient = class extends TelemetryClient {
  constructor(...args: ConstructorParameters<typeof TelemetryClient>) {
    super(...args)
    clients.push(this)
  }
}

await import(`../examples/snippets/${GUIDE_SNIPPET}.js`)
const [client] = clients
if (client === undefined) throw new Error('the fragment made no client')

client.start()
client.track(client.eventBuilder.model('claude-sonnet-4-5').tokens({ actualIn: 1, actualOut: 1 }).build())
await client.stop({ timeoutMs: 1000 })
console.log(JSON.stringify({ requested, logged, stats: client.stats }))
