import { constants, platform, setPriority } from 'node:os'

/**
 * Lets this thread compute only where no other thread wants to: at a hundred thousand events a second learning would
 * take as much of the machine as storing does. Only Linux gives a thread a priority of its own; elsewhere it would be
 * that of the whole server, so there it stays as it is.
 */
export function yieldToOthers(): void {
  if (platform() !== 'linux') return
  setPriority(constants.priority.PRIORITY_LOW)
}
