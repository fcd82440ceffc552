// How long requests took, as a histogram by labels, so that a 95th percentile is one of what happened.

/** Of requests with the same labels. */
interface Histogram {
  seconds: number
  /** How many took up to each bound and longer than the one before it, and at last those that took longer than all. */
  counts: number[]
}

/** Histograms by their labels, as Prometheus writes them. */
export type Durations = Record<string, Histogram>

const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const name = 'gateway_request_duration_seconds'
const help = 'How long requests took until the head of the answer, by service, method and class of status.'

export function addDuration(durations: Durations, labels: string, seconds: number): void {
  durations[labels] ??= { seconds: 0, counts: Array(bounds.length + 1).fill(0) }
  const { counts } = durations[labels]
  const place = bounds.findIndex((bound) => seconds <= bound)
  const index = place === -1 ? bounds.length : place
  counts[index] = (counts[index] ?? 0) + 1
  durations[labels].seconds += seconds
}

/** Those of several processes as one. */
export function summed(all: readonly Durations[]): Durations {
  const sums: Durations = {}
  for (const durations of all)
    for (const [labels, { seconds, counts }] of Object.entries(durations)) {
      const sum = sums[labels]
      sums[labels] = sum
        ? {
            seconds: sum.seconds + seconds,
            counts: counts.map((count, place) => count + (sum.counts[place] ?? 0)),
          }
        : { seconds, counts }
    }
  return sums
}

/** https://prometheus.io/docs/instrumenting/exposition_formats/ */
export const contentType = 'text/plain; version=0.0.4; charset=utf-8'

export function prometheusText(durations: Durations): string {
  const samples = Object.entries(durations)
    .toSorted()
    .flatMap(([labels, { seconds, counts }]) => {
      let upTo = 0
      return [
        ...counts.map((count, place) => {
          upTo += count
          return `${name}_bucket{${labels},le="${bounds[place] ?? '+Inf'}"} ${upTo}`
        }),
        `${name}_sum{${labels}} ${seconds}`,
        `${name}_count{${labels}} ${upTo}`,
      ]
    })
  return [`# HELP ${name} ${help}`, `# TYPE ${name} histogram`, ...samples, ''].join('\n')
}
