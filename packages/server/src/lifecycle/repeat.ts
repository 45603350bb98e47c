/**
 * Does something every so often, never twice at once: the pause begins when the work is done. The timer keeps no
 * process alive.
 *
 * @param pauseMs is asked after each turn.
 * @returns a function that ends the repetition and waits for the turn under way.
 */
export function repeat(
  pauseMs: () => number,
  work: () => Promise<void>,
  onFailure: (error: unknown) => void,
): () => Promise<void> {
  let isEnded = false
  let turn = Promise.resolve()
  let timer: NodeJS.Timeout | undefined

  const schedule = () => {
    if (isEnded) return
    timer = setTimeout(() => {
      turn = work().catch(onFailure).finally(schedule)
    }, pauseMs()).unref()
  }
  schedule()

  return async () => {
    isEnded = true
    clearTimeout(timer)
    await turn
  }
}
