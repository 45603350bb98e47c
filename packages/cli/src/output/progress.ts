/** A line on standard error that is overwritten as work goes on. Says nothing where nobody looks. */
export interface Progress extends Disposable {
  show(text: string): void
}

const REDRAW_EVERY_MS = 100

export function openProgress(): Progress {
  const isShown = process.stderr.isTTY
  let drawnAtMs = -Infinity
  return {
    show(text) {
      if (!isShown || performance.now() - drawnAtMs < REDRAW_EVERY_MS) return
      drawnAtMs = performance.now()
      process.stderr.write(`\r\u001b[K${text}`)
    },
    [Symbol.dispose]() {
      if (isShown) process.stderr.write('\r\u001b[K')
    },
  }
}
