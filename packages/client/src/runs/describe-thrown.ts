/** `Name: message` of an error, and the text of anything else. A thrown thing may throw again when it is read. */
export function describeThrown(thrown: unknown): string {
  try {
    return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown)
  } catch {
    return 'something that cannot be read'
  }
}
