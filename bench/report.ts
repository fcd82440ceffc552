/** One line of the report: a figure beside what it is compared with, and the budget that it has to keep. */
export interface Measurement {
  name: string
  /** What was measured, with its unit. */
  figure: string
  /** What it is compared with, measured in the same run; empty for an absolute budget. */
  limit: string
  /** The figure over the limit, or the absolute figure where there is no limit. */
  value: number
  budget: { atLeast: number } | { atMost: number }
}

/** Prints the measurements as a Markdown table and says whether every budget is kept. */
export function report(measurements: Measurement[]): boolean {
  if (measurements.length === 0) return true
  const rows = measurements.map((measurement) => [
    measurement.name,
    measurement.figure,
    measurement.limit,
    measurement.limit ? measurement.value.toFixed(2) : '',
    describe(measurement.budget),
    isKept(measurement) ? 'kept' : 'MISSED',
  ])
  console.log('| | measured | limit in the same run | ratio | budget | |\n|---|---|---|---|---|---|')
  for (const row of rows) console.log(`| ${row.join(' | ')} |`)
  return measurements.every(isKept)
}

function isKept({ value, budget }: Measurement): boolean {
  return 'atLeast' in budget ? value >= budget.atLeast : value <= budget.atMost
}

function describe(budget: Measurement['budget']): string {
  return 'atLeast' in budget ? `≥ ${budget.atLeast}` : `≤ ${budget.atMost}`
}

/** Milliseconds below which the given share of the samples lies. */
export function percentile(samples: number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
