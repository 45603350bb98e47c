import { posix, win32 } from 'node:path'

import { defineImporter, type Importer, type LogPlace, type Machine } from '../importer.ts'
import { readCliMessages } from './cli-messages.ts'
import { readUiMessages } from './ui-messages.ts'

/** Cline in VS Code, and Roo Code and Kilo Code, which began as copies of it and keep tasks as it does. */
export const cline = extension('cline', 'Cline', 'saoudrizwan.claude-dev')
export const rooCode = extension('roo_code', 'Roo Code', 'rooveterinaryinc.roo-cline')
export const kiloCode = extension('kilo_code', 'Kilo Code in VS Code', 'kilocode.kilo-code')

/** Cline's command line since version 3. */
export const clineCli = defineImporter({
  harness: 'cline',
  title: 'Cline CLI',
  locate({ platform, home, env }) {
    const { join } = platform === 'win32' ? win32 : posix
    const base = env('CLINE_DIR') || join(home, '.cline')
    return [
      {
        path: join(base, 'data', 'sessions'),
        isLog: (path) => /^[^/]+\/[^/]+\.messages\.json$/.test(path),
        maxDepth: 1,
      },
    ]
  },
  format: { kind: 'document', read: readCliMessages },
})

function extension(harness: string, title: string, extensionId: string): Importer {
  return defineImporter({
    harness,
    title,
    locate: (machine) =>
      editorDirectories(machine).map((directory) => placeOf(machine, directory, extensionId)),
    format: { kind: 'document', read: readUiMessages },
  })
}

function placeOf({ platform }: Machine, directory: string, extensionId: string): LogPlace {
  const { join } = platform === 'win32' ? win32 : posix
  return {
    path: join(directory, 'globalStorage', extensionId, 'tasks'),
    isLog: (path) => /^[^/]+\/ui_messages\.json$/.test(path),
    maxDepth: 1,
  }
}

/** VS Code, and the editors that are built from it. */
const EDITORS = ['Code', 'Code - Insiders', 'VSCodium', 'Cursor', 'Windsurf']
const REMOTE_SERVERS = ['.vscode-server', '.vscode-server-insiders', '.cursor-server', '.windsurf-server']

function editorDirectories({ platform, home, env }: Machine): readonly string[] {
  if (platform === 'win32') {
    const base = env('APPDATA') || win32.join(home, 'AppData', 'Roaming')
    return EDITORS.map((editor) => win32.join(base, editor, 'User'))
  }
  const { join } = posix
  const base =
    platform === 'darwin'
      ? join(home, 'Library', 'Application Support')
      : env('XDG_CONFIG_HOME') || join(home, '.config')
  return [
    ...EDITORS.map((editor) => join(base, editor, 'User')),
    ...REMOTE_SERVERS.map((server) => join(home, server, 'data', 'User')),
    join(home, '.local', 'share', 'code-server', 'User'),
  ]
}
