/** What was expected of tasks, remembered on this machine: for the MCP server and for the hooks of coding agents. */
export { expectationOf } from './expectation.ts'
export { taskNoteFiles } from './task-note-files.ts'
export type { Actual, Expectation, Range, TaskNote, TaskNotes } from './task-notes.ts'
