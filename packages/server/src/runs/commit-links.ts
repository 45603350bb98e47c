/** HTTPS links to a repository and its commits, for the hosts whose addresses are known. */

interface Remote {
  /** With the port of an HTTPS remote that names one. */
  readonly host: string
  /** `owner/name`, with groups where the host has them, without `.git`. */
  readonly path: string
}

/** The page of a repository on its host; null where the remote cannot be told. */
export function repoUrl(gitRepo: string | null): string | null {
  const remote = parseRemote(gitRepo)
  return remote === undefined ? null : `https://${remote.host}/${remote.path}`
}

/** The page of a commit on its host; null where the remote is unknown or of a host with another scheme. */
export function commitUrl(gitRepo: string | null, commitHash: string | null): string | null {
  const remote = parseRemote(gitRepo)
  const scheme = remote === undefined ? undefined : commitPath(remote.host)
  if (remote === undefined || scheme === undefined || !commitHash) return null
  return `https://${remote.host}/${remote.path}/${scheme}/${encodeURIComponent(commitHash)}`
}

function commitPath(host: string): string | undefined {
  if (/(^|\.)github\./.test(host)) return 'commit'
  if (/(^|\.)gitlab\./.test(host)) return '-/commit'
  if (/(^|\.)bitbucket\./.test(host)) return 'commits'
  return undefined
}

/** Reads `https://host/owner/name.git`, `ssh://git@host:22/owner/name` and `git@host:owner/name.git`. */
function parseRemote(gitRepo: string | null): Remote | undefined {
  const text = gitRepo?.trim() ?? ''
  const [, host, path] =
    /^https:\/\/(?:[^@/]*@)?([\w.-]+(?::\d+)?)\/(.+)$/i.exec(text) ??
    /^(?:http|ssh|git):\/\/(?:[^@/]*@)?([\w.-]+)(?::\d+)?\/(.+)$/i.exec(text) ??
    /^(?:[\w.-]+@)([\w.-]+):(?!\/\/)(.+)$/.exec(text) ??
    []
  const plainPath = path
    ?.replace(/[?#].*$/, '')
    .replace(/^\/+|\/+$/g, '')
    .replace(/\.git$/, '')
  if (host === undefined || plainPath === undefined || !/^[\w.~-]+(\/[\w.~-]+)+$/.test(plainPath))
    return undefined
  return { host: host.toLowerCase(), path: plainPath }
}
