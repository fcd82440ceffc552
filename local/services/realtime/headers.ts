/** The headers of a client that policies may read as `request.headers`: those that begin with `x-`. */
export function xHeaders(headers: Headers): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => name.startsWith('x-')))
}
