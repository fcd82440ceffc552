/** A place in the log, as Postgres writes it: two hexadecimal numbers. */
export type Position = string

/** The place one byte before another. */
export function before(position: Position): Position {
  const value = offsetOf(position) - 1n
  if (value < 0n) return '0/0'
  return `${(value >> 32n).toString(16)}/${(value & 0xffffffffn).toString(16)}`.toUpperCase()
}

export function isAtOrAfter(position: Position, other: Position): boolean {
  return offsetOf(position) >= offsetOf(other)
}

function offsetOf(position: Position): bigint {
  const [upper = '0', lower = '0'] = position.split('/')
  return (BigInt(`0x${upper}`) << 32n) + BigInt(`0x${lower}`)
}
