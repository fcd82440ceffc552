/** A place in the log, as Postgres writes it: two hexadecimal numbers. */
export type Position = string

/** The place one byte before another. */
export function before(position: Position): Position {
  const [upper = '0', lower = '0'] = position.split('/')
  const value = (BigInt(`0x${upper}`) << 32n) + BigInt(`0x${lower}`) - 1n
  if (value < 0n) return '0/0'
  return `${(value >> 32n).toString(16)}/${(value & 0xffffffffn).toString(16)}`.toUpperCase()
}
