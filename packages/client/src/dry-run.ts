import { DELIVERED, type Transport } from './delivery/transport.ts'

/** Logs what would be sent, and takes it as delivered. */
export function dryRunTransport(log: (message: string) => void): Transport {
  return {
    async send(batch) {
      for (const record of batch) log(`dry run, would send ${record}`)
      return { kind: 'answered', fates: batch.map(() => DELIVERED) }
    },
  }
}
