import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { gitFactsReader, readGitFacts } from './git-facts.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'git-facts-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true })
  writeFileSync(join(root, file), text)
}

function origin(url: string): string {
  return `[core]\n\tbare = false\n[remote "origin"]\n\turl = ${url}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n`
}

describe('git facts', () => {
  it('are branch and remote, from any directory inside', () => {
    write('.git/HEAD', 'ref: refs/heads/feature/one\n')
    write('.git/config', origin('git@github.com:team/repo.git'))
    write(
      '.git/packed-refs',
      '# pack-refs with: peeled\n0000000000000000000000000000000000000000 refs/heads/feature/one\n',
    )
    write('deep/inside/file', '')

    expect(readGitFacts(join(root, 'deep/inside'))).toEqual({
      git_repo: 'git@github.com:team/repo.git',
      git_branch: 'feature/one',
    })
  })

  it('of a worktree are its own branch and the remote it shares', () => {
    write('main/.git/config', origin('https://github.com/team/repo.git'))
    write('main/.git/HEAD', 'ref: refs/heads/main\n')
    write('main/.git/worktrees/side/HEAD', 'ref: refs/heads/side\n')
    write('main/.git/worktrees/side/commondir', '../..\n')
    write('side/.git', `gitdir: ${root}/main/.git/worktrees/side\n`)

    expect(readGitFacts(join(root, 'side'))).toEqual({
      git_repo: 'https://github.com/team/repo.git',
      git_branch: 'side',
    })
  })

  it('of a submodule are those of the directory its file names, relative to the file', () => {
    write('.git/modules/sub/HEAD', 'ref: refs/heads/sub-branch\n')
    write('.git/modules/sub/config', origin('https://example.com/sub'))
    write('sub/.git', 'gitdir: ../.git/modules/sub\n')

    expect(readGitFacts(join(root, 'sub'))).toEqual({
      git_repo: 'https://example.com/sub',
      git_branch: 'sub-branch',
    })
  })

  it('name no branch where a commit is checked out, or a reftable hides it', () => {
    write('detached/.git/HEAD', '0123456789012345678901234567890123456789\n')
    write('reftable/.git/HEAD', 'ref: refs/heads/.invalid\n')

    expect([readGitFacts(join(root, 'detached')), readGitFacts(join(root, 'reftable'))]).toEqual([{}, {}])
  })

  it.each([
    ['https://me:secret@host/repo.git', 'https://host/repo.git'],
    ['https://me:s@cret@host/repo.git', 'https://host/repo.git'],
    ['https://token@host/repo', 'https://host/repo'],
    ['ssh://git:secret@host:22/repo', 'ssh://git@host:22/repo'],
    ['ssh://git@host:22/repo', 'ssh://git@host:22/repo'],
    ['"https://host/repo" ; ours', 'https://host/repo'],
    ['https://host/repo # ours', 'https://host/repo'],
  ])('keep no credentials and no comment of %s', (url, repo) => {
    write('.git/config', origin(url))

    expect(readGitFacts(root)).toEqual({ git_repo: repo })
  })

  it('prefer origin, else take the first remote, and never a push address', () => {
    write(
      'one/.git/config',
      '[remote "fork"]\n\tpushurl = x\n\turl = fork\n[REMOTE "origin"]\n\tURL = origin\n',
    )
    write(
      'two/.git/config',
      '[remote "first"] url = first\n[remote "second"]\n\turl = second\n[branch "x"]\n\turl = no\n',
    )

    expect(readGitFacts(join(root, 'one'))).toEqual({ git_repo: 'origin' })
    expect(readGitFacts(join(root, 'two'))).toEqual({ git_repo: 'first' })
  })

  it('are none where the files are no repository, or are something else', () => {
    write('broken/.git', 'what is this\n')
    mkdirSync(join(root, 'folders/.git/HEAD'), { recursive: true })
    mkdirSync(join(root, 'folders/.git/config'))

    expect([readGitFacts(join(root, 'broken')), readGitFacts(join(root, 'folders'))]).toEqual([{}, {}])
  })

  it('are read again after five seconds, and never throw', () => {
    let nowMs = 0
    let directory: string | undefined = root
    const read = gitFactsReader(
      () => nowMs,
      () => {
        if (directory === undefined) throw new Error('ENOENT: uv_cwd')
        return directory
      },
    )
    write('.git/HEAD', 'ref: refs/heads/one\n')
    const first = read()
    write('.git/HEAD', 'ref: refs/heads/two\n')
    const cached = read()
    nowMs = 5_000
    const later = read()
    directory = undefined

    expect([first, cached, later].map(({ git_branch }) => git_branch)).toEqual(['one', 'one', 'two'])
    expect(read()).toEqual({})
  })
})
