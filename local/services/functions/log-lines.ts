import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

/** Characters; what has no end is shown in pieces, and never kept whole. */
const longestLine = 10_000

/** Gives every line of a stream, without its end. */
export function readLines(stream: Readable, show: (line: string) => void): void {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  stream.on('data', (chunk: Buffer) => {
    const lines = `${rest}${decoder.write(chunk)}`.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) show(line)
    for (; rest.length > longestLine; rest = rest.slice(longestLine)) show(rest.slice(0, longestLine))
  })
  stream.on('end', () => rest && show(rest))
}
