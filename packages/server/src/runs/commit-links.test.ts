import { describe, expect, it } from 'vitest'

import { commitUrl, repoUrl } from './commit-links.ts'

const HASH = '0123abcdef'

describe('commitUrl', () => {
  it.each([
    ['https://github.com/mosaic/agents.git', 'https://github.com/mosaic/agents/commit/0123abcdef'],
    ['https://github.com/mosaic/agents', 'https://github.com/mosaic/agents/commit/0123abcdef'],
    ['https://github.com/mosaic/agents/', 'https://github.com/mosaic/agents/commit/0123abcdef'],
    ['git@github.com:mosaic/agents.git', 'https://github.com/mosaic/agents/commit/0123abcdef'],
    ['ssh://git@github.com:22/mosaic/agents.git', 'https://github.com/mosaic/agents/commit/0123abcdef'],
    ['https://gitlab.com/g/sub/repo.git', 'https://gitlab.com/g/sub/repo/-/commit/0123abcdef'],
    ['git@gitlab.com:g/sub/repo.git', 'https://gitlab.com/g/sub/repo/-/commit/0123abcdef'],
    ['https://gitlab.example.org:8443/g/r.git', 'https://gitlab.example.org:8443/g/r/-/commit/0123abcdef'],
    ['https://bitbucket.org/team/repo.git', 'https://bitbucket.org/team/repo/commits/0123abcdef'],
    ['git@bitbucket.org:team/repo.git', 'https://bitbucket.org/team/repo/commits/0123abcdef'],
    ['ssh://git@bitbucket.org/team/repo.git', 'https://bitbucket.org/team/repo/commits/0123abcdef'],
  ])('makes of %s the link %s', (remote, link) => {
    expect(commitUrl(remote, HASH)).toBe(link)
  })

  it.each([
    null,
    '',
    'agents',
    '/srv/git/agents.git',
    'C:\\agents',
    'javascript:alert(1)//a/b',
    'https://git.example.org/a/b',
  ])('is null for the remote %s', (remote) => {
    expect(commitUrl(remote, HASH)).toBeNull()
  })

  it('is null without a commit', () => {
    expect(commitUrl('https://github.com/a/b', null)).toBeNull()
    expect(commitUrl('https://github.com/a/b', '')).toBeNull()
  })

  it('cannot be led elsewhere by a hash that is none', () => {
    expect(commitUrl('https://github.com/a/b', '../../x?y')).toBe(
      'https://github.com/a/b/commit/..%2F..%2Fx%3Fy',
    )
  })
})

describe('repoUrl', () => {
  it('leaves a password in the remote out', () => {
    expect(repoUrl('https://ada:secret@github.com/a/b.git')).toBe('https://github.com/a/b')
  })

  it('is the page on any host that serves HTTPS', () => {
    expect(repoUrl('https://git.example.org/a/b.git')).toBe('https://git.example.org/a/b')
  })

  it('is null for a file path', () => {
    expect(repoUrl('/srv/git/agents.git')).toBeNull()
  })
})
