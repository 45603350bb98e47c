/** What a database thread is for: `snapshot` reads one state until it is closed, `copier` writes one into a file. */
export type DatabaseThreadRole = 'writer' | 'reader' | 'snapshot' | 'copier'
