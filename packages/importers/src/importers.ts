import { aider, aiderChatHistory } from './aider/aider.ts'
import { claudeCode } from './claude-code/claude-code.ts'
import { cline, clineCli, kiloCode, rooCode } from './cline/cline.ts'
import { codex } from './codex/codex.ts'
import { geminiCli, geminiCliDocuments } from './gemini/gemini.ts'
import type { Importer } from './importer.ts'
import { kiloCli, openCode, openCodeStorage } from './opencode/opencode.ts'
import { pi } from './pi/pi.ts'
import { qwenCode } from './qwen/qwen.ts'

/** The agents whose logs this package reads by itself. */
export const importers: readonly Importer[] = [
  claudeCode,
  codex,
  openCode,
  openCodeStorage,
  kiloCli,
  geminiCli,
  geminiCliDocuments,
  qwenCode,
  cline,
  clineCli,
  rooCode,
  kiloCode,
  aider,
  aiderChatHistory,
  pi,
]
