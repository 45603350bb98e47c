/**
 * What Claude Code's hooks do: note that something happened, start an import a moment later where something has ended,
 * and go. No network, no database. Whatever happens the exit code is 0: telemetry never stops an agent.
 */
import { writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

import { makeDirectory } from '@mosaicstack/telemetry-client/make-directory'
import { ledgerPath, thisMachine } from '@mosaicstack/telemetry-importers/places'

import { isImportRunning } from '../import/in-background.ts'
import { type LocalState, localState } from '../import/local-state.ts'
import { readSpendCache } from '../statusline/spend-cache.ts'
import { readForecast } from './forecast-cache.ts'
import { noteHook, readJournal } from './journal.ts'
import { complain, say } from './quick-output.ts'
import { type HookInput, readHookInput } from './read-hook.ts'
import { startDetached } from './start-detached.ts'

export interface HookFlags {
  /** Tells the user the expected range when a prompt is submitted. */
  readonly showForecast?: boolean
  /** Asks the server instead; how a hook renews its forecasts in the background. */
  readonly refreshForecast?: string
}

/** Events after which a transcript holds something worth importing. */
const ENDS = new Set(['Stop', 'StopFailure', 'SessionEnd'])

export async function runHook(flags: HookFlags): Promise<void> {
  try {
    const state = localState(ledgerPath(thisMachine()))
    if (flags.refreshForecast !== undefined) {
      const { refreshForecast } = await import('./refresh-forecast.ts')
      return await refreshForecast(state.forecasts, flags.refreshForecast)
    }
    const input = readHookInput()
    if (input === undefined) return explain()
    await react(state, input, flags)
  } catch {
    // A full disk, a home that cannot be written: the agent goes on, and an import by hand finds what was missed.
  }
}

/** Somebody tries it by hand. */
function explain(): void {
  complain('Claude Code calls this with JSON on stdin; `mosaic-telemetry init claude-code` sets it up.')
}

async function react(state: LocalState, input: HookInput, flags: HookFlags): Promise<void> {
  const { event, model, prompt, session, transcript } = input
  noteHook(state.journal, { at_ms: Date.now(), event, session, prompt, transcript, model })
  if (event === 'SessionStart') renewForecast(state, modelOf(state, input))
  if (event === 'UserPromptSubmit' && prompt !== undefined) await foretell(state, input, prompt, flags)
  if (ENDS.has(event)) wantImport(state)
}

function wantImport(state: LocalState): void {
  makeDirectory(dirname(state.wanted))
  writeFileSync(state.wanted, '', { mode: 0o600 })
  if (!isImportRunning(state.lock)) startDetached(['import', 'claude-code', '--background'])
}

/** Notes what is expected under the id of the prompt, so that the finished task can be compared with it. */
async function foretell(
  state: LocalState,
  input: HookInput,
  prompt: string,
  { showForecast = false }: HookFlags,
): Promise<void> {
  const model = modelOf(state, input)
  if (model === undefined) return
  const { forecast } = renewForecast(state, model)
  if (forecast === undefined) return
  const { foretellTask } = await import('./foretell-task.ts')
  const words = foretellTask(state, { session: input.session, prompt, forecast })
  // Shown to the user only; plain text on stdout would become part of the prompt.
  if (showForecast && words !== undefined) say(JSON.stringify({ systemMessage: words }))
}

function renewForecast(state: LocalState, model: string | undefined) {
  if (model === undefined) return { forecast: undefined }
  const file = readForecast(state.forecasts, model, Date.now())
  if (!file.isFresh) startDetached(['hook', 'claude-code', '--refresh-forecast', model])
  return file
}

/** As the session said when it began, else the model that was asked last. */
function modelOf(state: LocalState, { model, session }: HookInput): string | undefined {
  const told = readJournal(state.journal).findLast((entry) => entry.session === session && entry.model)
  const name = model ?? told?.model ?? readSpendCache(state.spendCache)?.latest_model ?? undefined
  return name?.replace(/\[1m\]$/, '')
}
