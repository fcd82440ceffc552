/**
 * Gives keys by which the server knows what is sent again: one for the same, however often it is sent, and another for
 * what differs.
 */
export function keyOfSaid(): (said: unknown) => string {
  let last = ''
  let key = ''
  return (said) => {
    const text = JSON.stringify(said)
    if (text !== last) [last, key] = [text, crypto.randomUUID()]
    return key
  }
}
