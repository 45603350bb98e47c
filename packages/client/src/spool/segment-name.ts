/** What a segment's file name says: `v1-<destination>-<created>-<owner's host>-<owner's process>-<nonce>.ndjson`. */
export interface SegmentName {
  /** Eight hexadecimal digits that stand for the server and instance its records are meant for. */
  readonly destination: string
  /** When its first writer made it, in milliseconds since 1970; kept when it is adopted. */
  readonly createdMs: number
  readonly owner: SegmentOwner
  /** Makes every name unique, two clients in one process included. */
  readonly nonce: string
}

export interface SegmentOwner {
  /** Eight hexadecimal digits; processes with the same ones can see each other. */
  readonly host: string
  readonly pid: number
}

/** The owner of a segment that was given back by `stop()`. */
export const NOBODY: SegmentOwner = Object.freeze({ host: '00000000', pid: 0 })

const PATTERN = /^v1-([0-9a-f]{8})-(\d{1,15})-([0-9a-f]{8})-(\d{1,10})-([0-9a-f]{12})\.ndjson$/

export function formatSegmentName({ createdMs, destination, nonce, owner }: SegmentName): string {
  return `v1-${destination}-${Math.trunc(createdMs)}-${owner.host}-${owner.pid}-${nonce}.ndjson`
}

/** Undefined for every other file: a dead letter, a later version's segment, somebody's notes. */
export function parseSegmentName(file: string): SegmentName | undefined {
  const match = PATTERN.exec(file)
  if (match === null) return undefined

  const [, destination = '', created, host = '', pid, nonce = ''] = match
  return { destination, createdMs: Number(created), owner: { host, pid: Number(pid) }, nonce }
}
