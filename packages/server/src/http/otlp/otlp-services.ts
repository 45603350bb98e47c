import type { ReceiveOtlp } from '../../otlp/receive-otlp.ts'
import type { OtlpStore } from '../../storage/otlp-store.ts'
import type { RequestHook } from '../authenticate.ts'

/** What the routes of OpenTelemetry work with. */
export interface OtlpServices {
  readonly receive: ReceiveOtlp
  readonly store: Pick<OtlpStore, 'listOtlpRequests' | 'listOtlpSessions' | 'claimOtlpSession'>
  readonly requireKey: RequestHook
  readonly nowMs: () => number
}
