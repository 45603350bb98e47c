import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** What an application has on its disk after installing an SDK. */
export interface Installed {
  readonly packages: number
  readonly bytes: number
  /** Name and version of the packages asked for. */
  readonly versions: readonly string[]
}

interface LockedPackage {
  readonly version?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
}

type Locked = Readonly<Record<string, LockedPackage>>

/** Follows the lock file from `names`: what is really installed, each place once, without nested copies counted twice. */
export function installedPeers(projectDir: string, names: readonly string[]): Installed {
  const { packages: locked } = JSON.parse(readFileSync(join(projectDir, 'package-lock.json'), 'utf8')) as {
    packages: Locked
  }
  const places = new Set<string>()
  const waiting = names.map((name) => `node_modules/${name}`)
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    const entry = locked[place]
    if (entry === undefined || places.has(place)) continue

    places.add(place)
    for (const name of needs(entry)) {
      const found = resolve(locked, place, name)
      if (found !== undefined) waiting.push(found)
    }
  }
  const present = [...places].filter((place) => isDirectory(join(projectDir, place)))
  return {
    packages: present.length,
    bytes: present.reduce((sum, place) => sum + directoryBytes(join(projectDir, place)), 0),
    versions: names.map((name) => `${name} ${locked[`node_modules/${name}`]?.version ?? '?'}`),
  }
}

/** Our own package as `npm pack` would publish it. */
export function installedOurs(packageDir: string): Installed {
  const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: packageDir,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const packed: unknown = JSON.parse(output)
  const [entry] = Object.values(
    packed as Record<string, { name: string; version: string; unpackedSize: number }>,
  )
  if (entry === undefined) throw new Error(`npm pack says nothing about ${packageDir}`)
  return { packages: 1, bytes: entry.unpackedSize, versions: [`${entry.name} ${entry.version}`] }
}

function needs(entry: LockedPackage): string[] {
  const requiredPeers = Object.keys(entry.peerDependencies ?? {}).filter(
    (name) => entry.peerDependenciesMeta?.[name]?.optional !== true,
  )
  return [
    ...Object.keys(entry.dependencies ?? {}),
    ...Object.keys(entry.optionalDependencies ?? {}),
    ...requiredPeers,
  ]
}

/** Where Node would find `name` from `place`: the nearest node_modules upwards. */
function resolve(locked: Locked, place: string, name: string): string | undefined {
  for (let from = place; from !== ''; from = parentPlace(from)) {
    const candidate = `${from}/node_modules/${name}`
    if (locked[candidate] !== undefined) return candidate
  }
  return locked[`node_modules/${name}`] === undefined ? undefined : `node_modules/${name}`
}

/** The package a nested one stands in; empty for one at the top. */
function parentPlace(place: string): string {
  return place.slice(0, Math.max(0, place.lastIndexOf('/node_modules/')))
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

function directoryBytes(directory: string): number {
  let bytes = 0
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) bytes += entry.name === 'node_modules' ? 0 : directoryBytes(path)
    else if (entry.isFile()) bytes += statSync(path).size
  }
  return bytes
}
