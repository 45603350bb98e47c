/** What asking the server came to. Everything a network, a server or a session can do is a value. */
export type Outcome<T> =
  | { readonly kind: 'answered'; readonly value: T }
  | { readonly kind: 'logged_out' }
  | Problem

/** Why there is no answer. */
export type Problem =
  /** Nobody answered, or the server is busy or stopping: worth another try. */
  | { readonly kind: 'unreachable' }
  /** The server says no, in its own words: the same question gets the same answer. */
  | { readonly kind: 'refused'; readonly message: string }

/** What a panel shows while it asks, and afterwards. */
export type Loaded<T> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly problem: Problem }
  /** `problem` says why the value is not the newest one; undefined while it is. */
  | { readonly kind: 'ready'; readonly value: T; readonly isStale: boolean; readonly problem?: Problem }
