import type { OperatorMetrics } from '../../types/operator.ts'

// The text format of Prometheus, version 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/

export const contentType = 'text/plain; version=0.0.4; charset=utf-8'

const prefix = 'bdashboard_'

/** Measures as Prometheus reads them. A family without samples is left out. */
export function prometheusText(metrics: OperatorMetrics): string {
  return metrics
    .flatMap((metric) => {
      const name = prefix + metric.name
      const lines = linesOf(name, metric)
      if (lines.length === 0) return []
      return [`# HELP ${name} ${escapedHelp(metric.help)}`, `# TYPE ${name} ${metric.type}`, ...lines]
    })
    .map((line) => `${line}\n`)
    .join('')
}

function linesOf(name: string, metric: OperatorMetrics[number]): string[] {
  if (metric.type !== 'histogram')
    return metric.samples
      .filter(({ value }) => value !== null)
      .map(({ labels, value }) => `${name}${labelsOf(labels)} ${value}`)
  return metric.samples.flatMap(({ labels, count, sum, buckets }) => [
    ...buckets.map(
      (bucket) => `${name}_bucket${labelsOf({ ...labels, le: String(bucket.le) })} ${bucket.count}`,
    ),
    `${name}_bucket${labelsOf({ ...labels, le: '+Inf' })} ${count}`,
    `${name}_sum${labelsOf(labels)} ${sum}`,
    `${name}_count${labelsOf(labels)} ${count}`,
  ])
}

function labelsOf(labels: Record<string, string>): string {
  const list = Object.entries(labels).map(([key, value]) => `${key}="${escapedLabel(value)}"`)
  return list.length > 0 ? `{${list.join(',')}}` : ''
}

const escapedHelp = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
const escapedLabel = (text: string) => escapedHelp(text).replaceAll('"', '\\"')
