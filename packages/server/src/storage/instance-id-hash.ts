import { createHash } from 'node:crypto'

/** What remains of a deleted instance's id: enough to know it again, not to name it. */
export function instanceIdHash(instanceId: string): Uint8Array {
  return createHash('sha256').update(instanceId).digest()
}
