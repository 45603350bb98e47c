/**
 * Changes to the text of a JSON object that leave every other byte as it is: a settings file belongs to a person, who
 * has ordered and indented it.
 */

/** A property as it stands in the text. */
interface Place {
  readonly key: string
  /** Of the key's opening quote. */
  readonly keyStart: number
  readonly valueStart: number
  readonly valueEnd: number
}

interface ObjectText {
  /** Of the opening and after the closing brace. */
  readonly start: number
  readonly end: number
  readonly properties: readonly Place[]
}

/** Sets a property, replacing the value it has or adding it at the end. `path` names objects, which are made as needed. */
export function setProperty(text: string, path: readonly string[], value: unknown): string {
  const [key, ...deeper] = path
  if (key === undefined) throw new RangeError('a property needs a name')
  return change(text, [], key, deeper, value)
}

function change(
  text: string,
  above: readonly string[],
  key: string,
  deeper: readonly string[],
  value: unknown,
): string {
  const object = objectAt(text, above)
  const known = object.properties.find((place) => place.key === key)
  const [next, ...rest] = deeper
  if (known !== undefined && next !== undefined && text[known.valueStart] === '{') {
    return change(text, [...above, key], next, rest, value)
  }
  const wanted = deeper.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value)
  const indent = indentOf(text)
  const written = JSON.stringify(wanted, null, indent.unit).replaceAll(
    '\n',
    `\n${indent.at(above.length + 1)}`,
  )
  if (known !== undefined) return splice(text, known.valueStart, known.valueEnd, written)
  return add(text, object, above.length, `${JSON.stringify(key)}: ${written}`)
}

function add(text: string, { end, properties, start }: ObjectText, depth: number, property: string): string {
  const indent = indentOf(text)
  const last = properties.at(-1)
  if (last === undefined) {
    return splice(text, start, end, `{\n${indent.at(depth + 1)}${property}\n${indent.at(depth)}}`)
  }
  const isOneLine = !text.slice(start, end).includes('\n')
  return splice(
    text,
    last.valueEnd,
    last.valueEnd,
    isOneLine ? `, ${property}` : `,\n${indent.at(depth + 1)}${property}`,
  )
}

/** Removes a property where it is, with its comma and its line. Objects above it stay, also where they become empty. */
export function removeProperty(text: string, path: readonly string[]): string {
  const key = path.at(-1)
  const object = objectAt(text, path.slice(0, -1))
  const index = object.properties.findIndex((place) => place.key === key)
  const place = object.properties[index]
  if (place === undefined) return text
  const before = object.properties[index - 1]
  const after = object.properties[index + 1]
  if (before !== undefined) return splice(text, before.valueEnd, place.valueEnd, '')
  if (after !== undefined) return splice(text, place.keyStart, after.keyStart, '')
  return splice(text, object.start, object.end, '{}')
}

function splice(text: string, from: number, to: number, put: string): string {
  return text.slice(0, from) + put + text.slice(to)
}

/** How the file is indented: by its first indented line, else by two blanks. */
function indentOf(text: string): { readonly unit: string; readonly at: (depth: number) => string } {
  const unit = /^([ \t]+)\S/m.exec(text)?.[1] ?? '  '
  return { unit, at: (depth) => unit.repeat(depth) }
}

function objectAt(text: string, path: readonly string[]): ObjectText {
  let object = readObject(text, skipBlanks(text, 0))
  for (const key of path) {
    const place = object.properties.find((each) => each.key === key)
    if (place === undefined || text[place.valueStart] !== '{')
      throw new RangeError(`no object at ${path.join('.')}`)
    object = readObject(text, place.valueStart)
  }
  return object
}

/** The text was parsed before, so it is valid: only where things begin and end has to be found. */
function readObject(text: string, start: number): ObjectText {
  const properties: Place[] = []
  let at = skipBlanks(text, start + 1)
  while (text[at] !== '}') {
    const keyEnd = endOfString(text, at)
    const valueStart = skipBlanks(text, skipBlanks(text, keyEnd) + 1)
    const valueEnd = endOfValue(text, valueStart)
    properties.push({ key: JSON.parse(text.slice(at, keyEnd)) as string, keyStart: at, valueStart, valueEnd })
    at = skipBlanks(text, valueEnd)
    if (text[at] === ',') at = skipBlanks(text, at + 1)
  }
  return { start, end: at + 1, properties }
}

function skipBlanks(text: string, from: number): number {
  let at = from
  while (/[\s\u{feff}]/u.test(text[at] ?? '')) at++
  return at
}

function endOfString(text: string, from: number): number {
  let at = from + 1
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at + 1
}

function endOfValue(text: string, from: number): number {
  let depth = 0
  let at = from
  do {
    const letter = text[at] ?? ''
    if (letter === '"') {
      at = endOfString(text, at)
      continue
    }
    if ('{['.includes(letter)) depth++
    if ('}]'.includes(letter)) depth--
    at++
  } while (
    depth > 0 ||
    (text[from] !== '"' && !'{['.includes(text[from] ?? '') && /[\w.+-]/.test(text[at] ?? ''))
  )
  return at
}
