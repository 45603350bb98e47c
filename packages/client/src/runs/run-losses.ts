import type { LossWords } from '../delivery/loss-reporter.ts'

/** What is said of writes that are lost. */
export const runLosses: LossWords = {
  noun: 'write',
  reasons: {
    evicted: [
      'evicted from memory while the buffer could not be written',
      'Check space and permissions of bufferDir.',
    ],
    spool_full: ['evicted from the full buffer', 'Free the way to the server or raise bufferMaxBytes.'],
    expired: ['too old to be kept in the buffer', 'Free the way to the server or raise bufferMaxAgeMs.'],
    damaged: ['unreadable in the buffer', 'The process or the disk failed while they were written.'],
    stopped: [
      'not sent because the client was closed',
      'Raise timeoutMs of close(), or make bufferDir writable.',
    ],
  },
}
