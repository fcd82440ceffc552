/** Whether a time keeps to a multiple of another, or to a quarter of a millisecond more, which nobody notices. */
export function isWithin(figure: number, limit: number, ratio: number): boolean {
  return figure <= Math.max(limit * ratio, limit + 0.25)
}
