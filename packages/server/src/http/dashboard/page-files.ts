import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'

/** One form of a file. */
export interface FileForm {
  readonly bytes: Buffer
  /** Quoted, and different for each encoding, as RFC 9110 asks. */
  readonly etag: string
  readonly encoding: 'br' | 'gzip' | undefined
}

/** A file of the built page, in memory: there are few of them. */
export interface PageFile {
  /** With slashes, without one in front. */
  readonly path: string
  readonly type: string
  /** Its name holds a hash of its content, so it never changes. */
  readonly isHashed: boolean
  /** Best compressed first; the last one is plain. */
  readonly forms: readonly FileForm[]
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
}

/** Reads the built page. @returns nothing where it was never built. */
export async function readPageFiles(directory: string): Promise<readonly PageFile[]> {
  const names = await namesIn(directory)
  const wanted = [...names].filter((name) => TYPES[extname(name)] !== undefined)
  return Promise.all(wanted.map((name) => readPageFile(directory, name, names)))
}

async function namesIn(directory: string): Promise<ReadonlySet<string>> {
  try {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile())
    return new Set(
      files.map((file) => relative(directory, join(file.parentPath, file.name)).split(sep).join('/')),
    )
  } catch {
    return new Set()
  }
}

async function readPageFile(directory: string, name: string, names: ReadonlySet<string>): Promise<PageFile> {
  const form = async (suffix: string, encoding: FileForm['encoding']): Promise<FileForm> => {
    const bytes = await readFile(join(directory, name + suffix))
    const digest = createHash('sha256').update(bytes).digest('base64url').slice(0, 22)
    return { bytes, encoding, etag: `"${digest}"` }
  }
  const forms: Promise<FileForm>[] = []
  if (names.has(`${name}.br`)) forms.push(form('.br', 'br'))
  if (names.has(`${name}.gz`)) forms.push(form('.gz', 'gzip'))
  forms.push(form('', undefined))
  return {
    path: name,
    type: TYPES[extname(name)] ?? 'application/octet-stream',
    isHashed: /^assets\/.+-[\w-]{8,}\.\w+$/.test(name),
    forms: await Promise.all(forms),
  }
}
