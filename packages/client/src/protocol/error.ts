/** Every code an error answer may carry, beside the status it comes with. */
export const errorStatus = {
  bad_json: 400,
  bad_request: 400,
  unauthenticated: 401,
  instance_mismatch: 403,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  body_too_large: 413,
  unsupported_media_type: 415,
  invalid_request: 422,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
} as const

export type ErrorCode = keyof typeof errorStatus

/** Body of every error answer. `detail` repeats it in the shape that clients of a FastAPI service read. */
export interface ErrorResponse {
  readonly error: {
    readonly code: ErrorCode
    readonly message: string
    readonly details: readonly { readonly path: string; readonly message: string }[]
  }
  readonly detail:
    | string
    | readonly { readonly loc: readonly (string | number)[]; readonly msg: string; readonly type: string }[]
}
