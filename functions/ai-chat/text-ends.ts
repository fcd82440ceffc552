// Where the end of a text begins that may go on in the next piece. It is found by walking back: a regular expression
// that ends in "$" is tried at each character of a long word, and goes through the rest of it each time.

export function lastWord(text: string): number {
  return startOfEnd(text, (character) => /\S/.test(character))
}

/**
 * Addresses begin with printable ASCII: what follows another character begins none with what is before it. Half a
 * character waits for its other half.
 */
export function lastRun(text: string): number {
  const begins = startOfEnd(text, (character) => character >= '!' && character <= '~')
  return begins === text.length && /[\ud800-\udbff]/.test(text.slice(-1)) ? begins - 1 : begins
}

/** Where that end of a text begins of which all characters are such. */
function startOfEnd(text: string, isSuch: (character: string) => boolean): number {
  let begins = text.length
  while (begins > 0 && isSuch(text.charAt(begins - 1))) begins -= 1
  return begins
}
