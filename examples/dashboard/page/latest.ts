/**
 * Numbers what is asked for: what was asked for later is what is shown, whichever answer comes first.
 *
 * @returns takes a turn; what that returns says whether no other was taken since
 * @example
 * const ask = latest()
 * const isLatest = ask()
 * const answer = await read()
 * if (isLatest()) show(answer)
 */
export function latest(): () => () => boolean {
  let last = 0
  return () => {
    const mine = ++last
    return () => mine === last
  }
}
