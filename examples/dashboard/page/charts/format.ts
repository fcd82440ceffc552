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

/** A time, short enough for a table. */
export function dateTime(time: string): string {
  return new Date(time).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })
}

/** A label of an axis: a day as people say it, anything else as it is. */
export function axisLabel(label: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(label)) return label
  return new Date(label).toLocaleDateString(undefined, { month: 'short', day: 'numeric', timeZone: 'UTC' })
}
