import { resolve } from 'node:path'

import { urlsOfHosts } from '../storage/postgres/hosts.ts'

/** A setting's text, read: its value, or what would be right instead. */
export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly expected: string }
export type Parse<Value> = (text: string) => Parsed<Value>

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

export function count(min: number, max: number): Parse<number> {
  return (text) => {
    const value = Number(text)
    const ok = /^\d+$/.test(text) && value >= min && value <= max
    return ok ? { ok, value } : { ok: false, expected: `a whole number from ${min} to ${max}` }
  }
}

/** Milliseconds, or a number with a unit: `1500`, `90s`, `24h`. */
export function duration(minMs: number, maxMs: number): Parse<number> {
  return (text) => {
    const [, amount, unit = 'ms'] = /^(\d+)(ms|s|m|h|d)?$/.exec(text) ?? []
    const value = Number(amount) * (UNIT_MS[unit] ?? Number.NaN)
    return value >= minMs && value <= maxMs
      ? { ok: true, value }
      : { ok: false, expected: `a duration such as 1500, 90s or 24h, from ${minMs} ms to ${maxMs} ms` }
  }
}

export function onOff(text: string): Parsed<boolean> {
  if (/^(1|true|yes|on)$/i.test(text)) return { ok: true, value: true }
  if (/^(0|false|no|off)$/i.test(text)) return { ok: true, value: false }
  return { ok: false, expected: 'true or false' }
}

export function choice<const Value extends string>(values: readonly Value[]): Parse<Value> {
  return (text) => {
    const value = values.find((known) => known === text.toLowerCase())
    return value === undefined ? { ok: false, expected: `one of ${values.join(', ')}` } : { ok: true, value }
  }
}

export function word(text: string): Parsed<string> {
  return /^\S+$/.test(text) ? { ok: true, value: text } : { ok: false, expected: 'a word without spaces' }
}

export function list<Value>(parse: Parse<Value>): Parse<readonly Value[]> {
  return (text) => {
    const items = text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '')
      .map((item) => parse(item))
    const wrong = items.find((item) => !item.ok)
    return wrong ?? { ok: true, value: items.flatMap((item) => (item.ok ? [item.value] : [])) }
  }
}

/** An IP address or host name to listen on. */
export function address(text: string): Parsed<string> {
  return /^[\w.:-]+$/.test(text)
    ? { ok: true, value: text }
    : { ok: false, expected: 'an address such as 127.0.0.1, ::1 or 0.0.0.0' }
}

export function dataDirectory(text: string): Parsed<string> {
  return text === '' ? { ok: false, expected: 'a directory' } : { ok: true, value: resolve(text) }
}

/** The URL of a PostgreSQL database, of one or more hosts; what it leaves out is taken from the PG* variables. */
export function databaseUrl(text: string): Parsed<string> {
  return /^postgres(ql)?:\/\/\S*$/.test(text) && urlsOfHosts(text).every((url) => URL.canParse(url))
    ? { ok: true, value: text }
    : { ok: false, expected: 'a URL such as postgres://user@host:5432/database' }
}

export function secret(minLength: number): Parse<string> {
  return (text) =>
    text.length >= minLength
      ? { ok: true, value: text }
      : { ok: false, expected: `a secret of at least ${minLength} characters` }
}
