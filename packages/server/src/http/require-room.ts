import { hookOf, type RequestHook } from './authenticate.ts'
import { type AnswerableError, HttpError } from './error-answer.ts'

export const TOO_MANY_WAIT: AnswerableError = {
  code: 'unavailable',
  message: 'more events are waiting than can be stored now; try again',
}

/** Turns a request away before its body is read: to parse what cannot be stored would only make the queue longer. */
export function requireRoom(commits: { readonly isFull: boolean }, onTurnedAway: () => void): RequestHook {
  return hookOf(() => {
    if (!commits.isFull) return
    onTurnedAway()
    throw new HttpError(TOO_MANY_WAIT)
  })
}
