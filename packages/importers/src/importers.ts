import { claudeCode } from './claude-code/claude-code.ts'
import { codex } from './codex/codex.ts'
import type { Importer } from './importer.ts'

/** The agents whose logs this package reads by itself. */
export const importers: readonly Importer[] = [claudeCode, codex]
