import type { Json } from '../protocol/index.ts'

/** The server takes a hundred levels; nobody reads half of them. */
const MAX_DEPTH = 50

/**
 * A copy that is JSON whatever it is made of, and that nobody else holds: what has no JSON is replaced (a BigInt by its
 * digits, a cycle, a throwing getter and what is nested too deep by a word in brackets) or left out, as
 * `JSON.stringify` leaves out functions. Never throws; undefined where there is nothing to copy.
 */
export function copyJson(value: unknown): Json | undefined {
  return copy(value, '', [])
}

function copy(value: unknown, key: string, parents: readonly object[]): Json | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      return Number.isFinite(value) ? value : null
    case 'bigint':
      return value.toString()
    case 'object':
      return value === null ? null : copyObject(value, key, parents)
    default:
      return undefined
  }
}

function copyObject(value: object, key: string, parents: readonly object[]): Json | undefined {
  if (parents.includes(value)) return '[circular]'
  if (parents.length >= MAX_DEPTH) return '[too deep]'
  try {
    const { toJSON } = value as { readonly toJSON?: unknown }
    if (typeof toJSON === 'function') return copy(toJSON.call(value, key), key, [...parents, value])
    const inside = [...parents, value]
    return Array.isArray(value)
      ? Array.from(value, (item: unknown, index) => copy(item, String(index), inside) ?? null)
      : copyProperties(value, inside)
  } catch {
    return '[unreadable]'
  }
}

function copyProperties(value: object, inside: readonly object[]): Json {
  // Without a prototype, so that a key called __proto__ is one like any other.
  const target = Object.create(null) as Record<string, Json>
  for (const key of Object.keys(value)) {
    const copied = copyProperty(value, key, inside)
    if (copied !== undefined) target[key] = copied
  }
  return target
}

function copyProperty(value: object, key: string, inside: readonly object[]): Json | undefined {
  try {
    return copy((value as Record<string, unknown>)[key], key, inside)
  } catch {
    return '[unreadable]'
  }
}
