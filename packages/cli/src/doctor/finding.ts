/** One thing that was looked at. */
export interface Finding {
  /** What was looked at: `runs server`, `events spool`. */
  readonly what: string
  /** `note`: works, but somebody may want to know. */
  readonly state: 'ok' | 'note' | 'broken'
  /** What was found, with the very path or address. */
  readonly detail: string
  /** What to do, null where nothing needs to be done. */
  readonly fix: string | null
}

export function ok(what: string, detail: string): Finding {
  return { what, state: 'ok', detail, fix: null }
}

export function note(what: string, detail: string, fix: string | null = null): Finding {
  return { what, state: 'note', detail, fix }
}

export function broken(what: string, detail: string, fix: string): Finding {
  return { what, state: 'broken', detail, fix }
}
