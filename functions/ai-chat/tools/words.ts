/** Whether all words stand in one of the texts or another; no words stand everywhere. */
export function hasWords(words: string | undefined, ...texts: string[]): boolean {
  const text = texts.join(' ').toLowerCase()
  return (words ?? '')
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}
