/**
 * Text that others wrote, in which mail programs find no address to make a link of: none of them takes a space for a
 * part of one, so each mark that joins the parts of an address is followed by a space. What is no address has one there
 * by itself, or ends a word: names such as "J. R. Smith" and "Acme Inc., Berlin" stay as they are, and so do a decimal
 * ("2.0"), a time ("10:30") and "@home".
 */
export function unlinked(text: string): string {
  return text.replace(joiningMarks, (mark, at: number) => {
    const [before, after] = [text.slice(0, at), text.slice(at + 1)]
    const isOrdinary =
      (mark === '.' && /(?<![.\d])\d+$/.test(before) && /^\d+(?![.\d])/.test(after)) ||
      (mark === ':' && /\d$/.test(before) && /^\d/.test(after)) ||
      (mark === '@' && !/\S$/.test(before))
    return isOrdinary ? mark : `${mark} `
  })
}

/** The dots are those that names of hosts are read with. A mark that ends a word comes before another or a space. */
const joiningMarks = /[.\u2024\u3002\uFE52\uFF0E\uFF61:\\@\uFF20](?=[^\s.,;:!?…)\]}"'’”»])|\/(?=\/)/gu
