/** What a terminal shows without a word being torn apart; what is wider is not read comfortably. */
const WIDTH = 80

/** Sentences as lines of at most 80 characters, `80 %` kept together. What begins with a label is indented below it. */
export function paragraph(sentences: readonly string[], label = ''): string {
  const indent = ' '.repeat(label.length)
  const lines: string[] = []
  let line = label
  for (const word of sentences.join(' ').split(/ (?!%)/)) {
    const isFirst = line.length === indent.length
    if (!isFirst && line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = indent + word
    } else line += isFirst ? word : ` ${word}`
  }
  return [...lines, line].join('\n')
}
