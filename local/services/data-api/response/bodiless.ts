const bodiless = new Set([204, 205, 304])

/** Whether a response of the status carries no body, which `Response` then does not take either. */
export function isBodiless(status: number): boolean {
  return bodiless.has(status)
}
