import type { RunPlatform } from '../runs/run-platform.ts'

/** Edge runtimes have no disk, no repository and no name. */
export const runPlatform: RunPlatform | undefined = undefined
