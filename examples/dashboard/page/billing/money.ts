/** An amount of the smallest unit of a currency, as people read it. */
export function money(amount: number, currency: string): string {
  const format = new Intl.NumberFormat(undefined, { style: 'currency', currency })
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2))
}

/** The day of a time. */
export function day(time: string): string {
  return new Date(time).toLocaleDateString(undefined, { dateStyle: 'medium' })
}
