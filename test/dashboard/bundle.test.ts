import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

const { resolve } = createRequire(import.meta.url)
const dist = join(dirname(resolve('@mosaicstack/telemetry-dashboard/package.json')), 'dist')
const assets = readdirSync(join(dist, 'assets'))
const text = (name: string) => readFileSync(join(dist, name), 'utf8')

/** Bytes of the page and everything it loads, in one compression. */
function bytesOf(suffix: string): number {
  return [
    'index.html',
    ...assets.filter((name) => /\.(?:js|css)$/.test(name)).map((name) => `assets/${name}`),
  ]
    .map((name) => statSync(join(dist, `${name}${suffix}`)).size)
    .reduce((sum, size) => sum + size, 0)
}

describe('the built page', () => {
  it('takes less than 150 kB to load, all of it, with either compression', () => {
    expect(bytesOf('.br')).toBeLessThan(150_000)
    expect(bytesOf('.gz')).toBeLessThan(150_000)
  })

  it('comes compressed, but for what is too small', () => {
    const plain = assets.filter((name) => /\.(?:js|css)$/.test(name))

    expect(plain.length).toBeGreaterThan(2)
    for (const name of plain) {
      expect(existsSync(join(dist, 'assets', `${name}.br`))).toBe(true)
      expect(existsSync(join(dist, 'assets', `${name}.gz`))).toBe(true)
    }
  })

  it('has nothing inline that its policy would forbid', () => {
    const html = text('index.html')

    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/i)
    expect(html.match(/(?:src|href)="[^"]*"/g)?.every((link) => /="\.\/assets\//.test(link))).toBe(true)
  })

  it('carries the licences of what is in it', () => {
    const licences = text('licenses.md')

    for (const name of ['preact', '@observablehq/plot', 'd3-scale']) expect(licences).toContain(name)
  })
})
