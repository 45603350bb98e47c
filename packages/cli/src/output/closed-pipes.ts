/**
 * A reader that has seen enough (`| head -1`) is no failure: what is written after that goes nowhere, and the command
 * carries on to its end, where it cleans up.
 */
export function tolerateClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error
    })
  }
}
