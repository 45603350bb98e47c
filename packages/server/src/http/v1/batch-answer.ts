import type { BatchEventResponse, BatchEventResult } from '@mosaicstack/telemetry-client/protocol'

/**
 * The answer to a batch as JSON. An accepted event is written out, since that is a third of what `JSON.stringify`
 * takes; its id is a UUID by now, which needs no escape.
 */
export function renderBatchAnswer({ accepted, rejected, results }: BatchEventResponse): string {
  let rendered = ''
  for (const result of results)
    rendered += rendered === '' ? renderResult(result) : `,${renderResult(result)}`
  return `{"accepted":${accepted},"rejected":${rejected},"results":[${rendered}]}`
}

function renderResult(result: BatchEventResult): string {
  if (result.status !== 'accepted') return JSON.stringify(result)
  return `{"event_id":"${result.event_id}","status":"accepted","error":null}`
}
