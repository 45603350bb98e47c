/** What a database thread is for: `snapshot` reads one state until it is closed. */
export type DatabaseThreadRole = 'writer' | 'reader' | 'snapshot'
