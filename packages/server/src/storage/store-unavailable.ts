/** The database does not answer now, and may later: a request that needs it is answered 503 and may be repeated. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
}
