/**
 * Text that others wrote, in which mail programs find no address to make a link of: none of them takes a space for a
 * part of one, so each mark that joins the parts of an address is followed by a space. What is no address has one there
 * by itself, or ends a word: names such as "J. R. Smith" and "Acme Inc., Berlin" stay as they are, and so do a decimal
 * ("2.0"), a time ("10:30") and "@home".
 */
export function unlinked(text: string): string {
  return text.replace(joiningMarks, (mark, at: number) => {
    const [before, after] = [text.charAt(at - 1), text.charAt(at + 1)]
    const isOrdinary =
      (mark === '.' && isDecimal(text, at)) ||
      (mark === ':' && isDigit(before) && isDigit(after)) ||
      (mark === '@' && !/\S/.test(before))
    return isOrdinary ? mark : `${mark} `
  })
}

/** Whether digits stand on both sides of a dot, and no further dot beside them. A digit is looked at twice at most. */
function isDecimal(text: string, dot: number): boolean {
  let [first, end] = [dot, dot + 1]
  while (isDigit(text.charAt(first - 1))) first -= 1
  while (isDigit(text.charAt(end))) end += 1
  return first < dot && end > dot + 1 && text.charAt(first - 1) !== '.' && text.charAt(end) !== '.'
}

const isDigit = (character: string) => /\d/.test(character)

/** The dots are those that names of hosts are read with. A mark that ends a word comes before another or a space. */
const joiningMarks = /[.\u2024\u3002\uFE52\uFF0E\uFF61:\\@\uFF20](?=[^\s.,;:!?…)\]}"'’”»])|\/(?=\/)/gu
