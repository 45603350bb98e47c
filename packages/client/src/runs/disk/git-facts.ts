import { readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

import type { GitFacts } from '../run-platform.ts'

/** A checkout in another terminal shows within this time; a loop of short runs reads the files once. */
const CACHE_MS = 5_000
const MAX_CACHED_DIRECTORIES = 100

const NOTHING: GitFacts = Object.freeze({})

/**
 * Reads repository and branch from git's own files: starting git takes milliseconds on the caller's thread, this takes
 * microseconds. The returned function never throws.
 */
export function gitFactsReader(nowMs: () => number, cwd: () => string): () => GitFacts {
  const cache = new Map<string, { readonly facts: GitFacts; readonly readAtMs: number }>()

  return () => {
    try {
      const directory = cwd()
      const cached = cache.get(directory)
      if (cached !== undefined && nowMs() - cached.readAtMs < CACHE_MS) return cached.facts

      if (cache.size >= MAX_CACHED_DIRECTORIES) cache.clear()
      const facts = readGitFacts(directory)
      cache.set(directory, { facts, readAtMs: nowMs() })
      return facts
    } catch {
      return NOTHING // the current directory is gone
    }
  }
}

/** What the repository around a directory says; nothing outside of one. */
export function readGitFacts(directory: string): GitFacts {
  const gitDirectory = findGitDirectory(directory)
  if (gitDirectory === undefined) return NOTHING

  const branch = branchOf(readOrUndefined(join(gitDirectory, 'HEAD')))
  // A worktree keeps its own HEAD and shares the configuration.
  const shared = readOrUndefined(join(gitDirectory, 'commondir'))?.trim()
  const commonDirectory = shared === undefined ? gitDirectory : resolve(gitDirectory, shared)
  const repo = remoteOf(readOrUndefined(join(commonDirectory, 'config')))
  return {
    ...(repo !== undefined && { git_repo: repo }),
    ...(branch !== undefined && { git_branch: branch }),
  }
}

function findGitDirectory(from: string): string | undefined {
  for (let directory = resolve(from); ; directory = dirname(directory)) {
    const found = gitDirectoryAt(join(directory, '.git'))
    if (found !== undefined) return found
    if (dirname(directory) === directory) return undefined
  }
}

/** `.git` is a directory, or in a worktree or submodule a file that names one. */
function gitDirectoryAt(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return undefined
  if (stat.isDirectory()) return path
  const [, named] = /^gitdir:\s*(.+?)\s*$/m.exec(readOrUndefined(path) ?? '') ?? []
  return named === undefined ? undefined : resolve(dirname(path), named)
}

/** Undefined where a commit is checked out instead of a branch, and in a reftable repository, which hides it. */
function branchOf(head: string | undefined): string | undefined {
  const [, branch] = /^ref:\s*refs\/heads\/(.+?)\s*$/m.exec(head ?? '') ?? []
  return branch === '.invalid' ? undefined : branch
}

/** The address of `origin`, else of the first remote. */
function remoteOf(config: string | undefined): string | undefined {
  const urls = new Map<string, string>()
  let remote: string | undefined
  for (const line of (config ?? '').split('\n')) {
    const section = /^\s*\[\s*([^\]"\s]+)\s*(?:"((?:[^"\\]|\\.)*)")?\s*\]/.exec(line)
    if (section !== null) remote = section[1]?.toLowerCase() === 'remote' ? section[2] : undefined

    const [, url] = /(?:^|\])\s*url\s*=\s*(.*?)\s*$/i.exec(line) ?? []
    if (remote !== undefined && url !== undefined && !urls.has(remote)) urls.set(remote, url)
  }
  const url = urls.get('origin') ?? urls.values().next().value
  return url === undefined ? undefined : withoutCredentials(unquote(url))
}

function unquote(value: string): string {
  const [, quoted] = /^"((?:[^"\\]|\\.)*)"/.exec(value) ?? []
  return quoted === undefined ? value.replace(/\s[#;].*$/, '') : quoted.replaceAll(/\\(.)/g, '$1')
}

/** A token in an address is a secret. The user of an SSH address is none, and belongs to it. */
function withoutCredentials(url: string): string {
  return url.replace(/^(https?:\/\/)[^/]*@/i, '$1').replace(/^(ssh:\/\/[^/:@]*):[^/]*@/i, '$1@')
}

function readOrUndefined(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
