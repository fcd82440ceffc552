// JSON.parse takes the nearest double of an integer that has no double of its own, and an id becomes another one.
// A reviver that reads the source of each number takes some hundred milliseconds for a large answer, and fails at
// depth.

/** Texts, so that what they hold is passed over, and numbers. */
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g
const integer = /^-?\d{16,}$/

/** JSON in which an integer beyond ±(2^53 − 1) is a text. In what is no JSON, texts are not told from numbers. */
export function withExactIntegers(json: string): string {
  if (!/\d{16}/.test(json)) return json
  return json.replace(tokens, (token) =>
    integer.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token,
  )
}
