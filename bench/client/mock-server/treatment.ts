/** What the server does with one request that carries events. */
export type Treatment =
  | { readonly kind: 'accept' }
  /** Takes nothing and says so. */
  | { readonly kind: 'refuse'; readonly status: number; readonly retryAfterS?: number }
  /** Reads the request and never answers. */
  | { readonly kind: 'hang' }
  /** Takes everything, then cuts the connection. */
  | { readonly kind: 'commit_then_reset' }
  /** Takes everything, then claims otherwise. */
  | { readonly kind: 'commit_then_refuse'; readonly status: number }
  /** 400 if one of `poison` is in the request. */
  | { readonly kind: 'refuse_poisoned'; readonly poison: ReadonlySet<string> }
  /** Takes everything but `poison`, and says which as far as the protocol can. */
  | { readonly kind: 'accept_partly'; readonly poison: ReadonlySet<string> }

/** What a script knows of a request before it decides. */
export interface SeenRequest {
  /** 1 for the first request with events since the row began. */
  readonly nth: number
  readonly sinceStartMs: number
  readonly ids: readonly string[]
}

export type Script = (request: SeenRequest) => Treatment

export const acceptAll: Script = () => ({ kind: 'accept' })
