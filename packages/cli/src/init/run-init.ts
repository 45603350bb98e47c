import {
  copyFileSync,
  existsSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

import { makeDirectory } from '@mosaicstack/telemetry-client/make-directory'
import { CliError } from '../cli-error.ts'
import { findConnection } from '../connection.ts'
import { confirm } from '../output/confirm.ts'
import { paragraph } from '../output/paragraph.ts'
import { terminal } from '../output/terminal.ts'
import {
  applySettings,
  hasOtherStatusLine,
  otherExport,
  type OtelVariables,
  removeSettings,
  saysTheSame,
} from './claude-settings.ts'
import { findProgram } from './find-program.ts'
import { lineDiff } from './line-diff.ts'

export interface InitFlags {
  readonly remove?: boolean
  readonly yes?: boolean
  readonly settings?: string
  readonly showForecast?: boolean
  readonly statusline: boolean
  readonly otel?: boolean
  readonly dataDir?: string
  readonly serverUrl?: string
}

const EMPTY = '{}\n'

export async function runInit(flags: InitFlags): Promise<void> {
  const file = settingsFile(flags)
  const existed = existsSync(file)
  const before = existed ? readFileSync(file, 'utf8') : EMPTY
  const after = flags.remove ? withoutUs(file, before) : withUs(flags, before)
  if (after === before) {
    const why = flags.remove ? 'holds nothing of mosaic-telemetry' : 'has it all already'
    return terminal.err(`${file} ${why}. Nothing was changed.`)
  }

  terminal.out(`${file}\n${hideKeys(lineDiff(existed ? before : '', after))}`)
  if (!flags.yes && !(await confirm('Write it?', 'nobody is there to ask, so nothing was changed')))
    return terminal.err('Nothing was changed.')
  write(file, flags.remove === true ? undefined : before, after, existed)
  if (flags.remove) return terminal.err('Removed. Sessions that run keep their hooks until they end.')
  sayNext(flags, before)
}

function settingsFile({ settings }: InitFlags): string {
  const directory = process.env['CLAUDE_CONFIG_DIR']?.split(',')[0] || join(homedir(), '.claude')
  const file = settings === undefined ? join(directory, 'settings.json') : resolve(settings)
  // Many keep their settings elsewhere and link to them; the link has to stay one.
  return existsSync(file) ? realpathSync(file) : file
}

function withUs(flags: InitFlags, before: string): string {
  return applySettings(before, {
    program: findProgram(process.env, process.platform),
    showForecast: flags.showForecast === true,
    statusline: flags.statusline,
    env: flags.otel ? otelVariables(flags, before) : {},
  })
}

/** @throws CliError where OpenTelemetry goes to another place already, or no server is known. */
function otelVariables(flags: InitFlags, before: string): OtelVariables {
  const other = otherExport(before)
  if (other !== undefined) {
    throw new CliError(`OpenTelemetry goes to ${other} already, so nothing was changed`, {
      hint: 'Leave --otel out, or take those variables out of `env` first.',
    })
  }
  const { apiKey, serverUrl } = findConnection(flags)
  return {
    CLAUDE_CODE_ENABLE_TELEMETRY: '1',
    OTEL_LOGS_EXPORTER: 'otlp',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_ENDPOINT: serverUrl,
    OTEL_EXPORTER_OTLP_HEADERS: `Authorization=Bearer ${apiKey}`,
  }
}

/** The backup, where nothing else was changed since it was made: the very bytes. Else the text without what is ours. */
function withoutUs(file: string, before: string): string {
  const cleaned = removeSettings(before)
  const saved = existsSync(backupOf(file)) ? readFileSync(backupOf(file), 'utf8') : undefined
  return saved !== undefined && saysTheSame(saved, cleaned) ? saved : cleaned
}

function backupOf(file: string): string {
  return `${file}.before-mosaic-telemetry`
}

/** Written beside its place and renamed, so that Claude Code never reads half of it. Removing takes the backup along. */
function write(file: string, backup: string | undefined, after: string, existed: boolean): void {
  makeDirectory(dirname(file))
  const mode = existed ? statSync(file).mode & 0o777 : 0o600
  if (backup === undefined) {
    rmSync(backupOf(file), { force: true })
    if (after.trim() === EMPTY.trim()) return rmSync(file)
  } else if (existed && !existsSync(backupOf(file))) copyFileSync(file, backupOf(file))
  const part = `${file}.${process.pid}.part`
  writeFileSync(part, after, { mode })
  renameSync(part, file)
}

/** The key is in the file; it need not be on the screen. */
function hideKeys(diff: string): string {
  return diff.replaceAll(/Bearer [^"]+/g, 'Bearer …')
}

function sayNext({ otel, statusline }: InitFlags, before: string): void {
  const sentences = [
    'Sessions that start from now on are imported as they go.',
    ...(statusline && hasOtherStatusLine(before)
      ? ['You have a status line already; it stays. Ours would be `mosaic-telemetry statusline`.']
      : []),
    ...(otel
      ? ['The settings hold the key of this instance now: keep them to yourself.']
      : ['With --otel Claude Code also reports by OpenTelemetry, which knows what no transcript holds.']),
    'To undo it: `mosaic-telemetry init claude-code --remove`.',
  ]
  terminal.err(paragraph(sentences))
}
