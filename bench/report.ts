import Table from 'cli-table3'

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
  const table = new Table({
    head: ['', 'measured', 'limit in the same run', 'ratio', 'budget', ''],
    style: { head: [], border: [] },
    chars: markdownBorders,
  })
  for (const measurement of measurements)
    table.push([
      measurement.name,
      measurement.figure,
      measurement.limit,
      measurement.limit ? measurement.value.toFixed(2) : '',
      describe(measurement.budget),
      isKept(measurement) ? 'kept' : 'MISSED',
    ])
  console.log(table.toString())
  return measurements.every(isKept)
}

function isKept({ value, budget }: Measurement): boolean {
  return 'atLeast' in budget ? value >= budget.atLeast : value <= budget.atMost
}

function describe(budget: Measurement['budget']): string {
  return 'atLeast' in budget ? `≥ ${budget.atLeast}` : `≤ ${budget.atMost}`
}

const markdownBorders = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '|',
  'left-mid': '|',
  mid: '-',
  'mid-mid': '|',
  right: '|',
  'right-mid': '|',
  middle: '|',
}

/** Milliseconds below which the given share of the samples lies. */
export function percentile(samples: number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
