import { z } from 'zod'

const bytesPerUnit: Record<string, number> = {
  b: 1,
  kb: 1000,
  kib: 1024,
  mb: 1e6,
  mib: 2 ** 20,
  gb: 1e9,
  gib: 2 ** 30,
}

/** `50MiB`, `500KB` or a number of bytes; gives bytes. */
export const byteSize = z.union([z.int().positive(), z.string()]).transform((value, context) => {
  if (typeof value === 'number') return value
  const [, amount, unit = 'b'] = /^(\d+(?:\.\d+)?)\s*([kmg]?i?b)?$/i.exec(value.trim()) ?? []
  const factor = bytesPerUnit[unit.toLowerCase()]
  if (amount && factor) return Math.floor(Number(amount) * factor)
  context.addIssue({ code: 'custom', message: 'a size is a number with a unit, such as "50MiB"' })
  return z.NEVER
})

const millisecondsPerUnit: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** A duration in Go's notation, such as `1s` or `1m30s`; gives milliseconds. */
export const duration = z.string().transform((value, context) => {
  const parts = [...value.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)]
  if (parts.length > 0 && parts.map(([part]) => part).join('') === value)
    return parts.reduce(
      (sum, [, amount, unit]) => sum + Number(amount) * (millisecondsPerUnit[unit ?? ''] ?? 0),
      0,
    )
  context.addIssue({ code: 'custom', message: 'a duration is a number with a unit, such as "1s"' })
  return z.NEVER
})
