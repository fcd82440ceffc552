/** A number as its data says it is meant. */
export function formatted(
  value: number | null,
  { format, currency }: { format?: string | undefined; currency?: string | undefined } = {},
): string {
  if (value === null) return '–'
  if (format === 'percentage')
    return new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 }).format(value)
  const large =
    Math.abs(value) >= 10_000
      ? ({ notation: 'compact', maximumFractionDigits: 1 } as const)
      : { maximumFractionDigits: 2 }
  if (format === 'currency' && currency)
    return new Intl.NumberFormat(undefined, { style: 'currency', currency, ...large }).format(value)
  return new Intl.NumberFormat(undefined, large).format(value)
}
