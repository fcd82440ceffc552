type Encoding = typeof import('../../_packages/o200k-base.js')

let loaded: Promise<Encoding> | undefined

const encoder = new TextEncoder()
/** Fewer than a token has in any language that people write in. */
const bytesOfToken = 2

/**
 * As many tokens as a text may have, without counting: for what is held, and for what fits in any case. Most answers
 * need no more, so that nobody waits for the tables.
 */
export function mostTokens(text: string): number {
  return Math.ceil(encoder.encode(text).length / bytesOfToken)
}

/** The beginning of a text that has at most so many tokens, without counting. */
export function cutToTokens(text: string, most: number): string {
  const bytes = new Uint8Array(Math.max(0, Math.floor(most)) * bytesOfToken)
  return text.slice(0, encoder.encodeInto(text, bytes).read)
}

/** Above it a text is not counted but taken for one token in three bytes, which few languages come to. */
const longestCounted = 400_000
/** Within a run without a break, and of white space, the work grows with the square of the length. */
const longRun = /\S{65}|\s{65}/
const pieces = /\S{1,64}|\s{1,64}/g

/**
 * How many tokens a text has, about: other models count a little differently. The tables take 100 MB, so they are
 * loaded when the first text is counted.
 */
export async function countTokens(text: string): Promise<number> {
  if (text === '') return 0
  if (text.length > longestCounted) return Math.ceil(encoder.encode(text).length / 3)
  loaded ??= import('../../_packages/o200k-base.js')
  const { countTokens: count } = await loaded
  // Text that looks like a control token is text.
  const tokensOf = (piece: string) => count(piece, { disallowedSpecial: new Set() })
  if (!longRun.test(text)) return tokensOf(text)
  return text.match(pieces)?.reduce((sum, piece) => sum + tokensOf(piece), 0) ?? 0
}
