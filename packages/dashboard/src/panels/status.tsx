import type { RunStatus } from '@mosaicstack/telemetry-client/protocol'

/** Shapes, so that colour is not the only difference. */
const shapes: Readonly<Record<RunStatus, string>> = {
  running: 'M3 2 L13 8 L3 14 Z',
  success: 'M2 8.5 L6 12.5 L14 3.5',
  failure: 'M3 3 L13 13 M13 3 L3 13',
  partial: 'M2 8 L14 8',
  timeout: 'M8 3 L8 8 L12 10',
  cancelled: 'M4 4 L12 4 L12 12 L4 12 Z',
}

export function Status({ status }: { readonly status: RunStatus }) {
  return (
    <span class={`status status-${status}`}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={shapes[status]} />
      </svg>
      {status}
    </span>
  )
}
