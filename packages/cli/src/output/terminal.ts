import { styleText } from 'node:util'

/** Where a command writes: data to `out`, words for people to `err`. */
export interface Terminal {
  out(text: string): void
  err(text: string): void
  /** Emphasis for people; plain where `NO_COLOR` is set or nobody looks. */
  bold(text: string): string
  dim(text: string): string
}

type Style = Parameters<typeof styleText>[0]

export const terminal: Terminal = {
  out: (text) => void process.stdout.write(`${text}\n`),
  err: (text) => void process.stderr.write(`${text}\n`),
  bold: (text) => styled('bold', text),
  dim: (text) => styled('dim', text),
}

function styled(style: Style, text: string): string {
  const isPlain = process.env['NO_COLOR'] !== undefined && process.env['NO_COLOR'] !== ''
  return isPlain || !process.stdout.isTTY ? text : styleText(style, text)
}
