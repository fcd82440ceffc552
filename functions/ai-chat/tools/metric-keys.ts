/*
 * Which keys of a question about metrics count for each shape of an answer, as a model is told: with another one the
 * call is refused, and costs a round. private.metric_keys is the same of the database; a test holds them together.
 */

export const metricKeys = {
  stats: { alone: ['per', 'aggregate', 'interval', 'compare'] },
  'chart-line': {
    alone: ['per', 'aggregate', 'interval', 'compare'],
    breakdown: ['per', 'aggregate', 'interval', 'limit', 'order'],
  },
  'chart-bar': {
    alone: ['per', 'aggregate', 'interval', 'compare'],
    breakdown: ['per', 'aggregate', 'limit', 'order'],
  },
  'chart-pie': { breakdown: ['per', 'aggregate', 'limit'] },
  table: {
    alone: ['columns', 'sort', 'order', 'types', 'limit'],
    breakdown: ['per', 'aggregate', 'limit', 'order'],
  },
  list: { alone: ['types', 'limit'], breakdown: ['per', 'aggregate', 'limit', 'order'] },
} as const satisfies Record<string, { alone?: readonly string[]; breakdown?: readonly string[] }>

/** One sentence of all shapes. */
export const toldMetricKeys = (): string =>
  `A query takes metric, period, label and format, and by shape: ${Object.entries(metricKeys)
    .map(([shape, keys]) => `${shape} ${toldKeys(keys)}`)
    .join('; ')}.`

const toldKeys = (keys: { alone?: readonly string[]; breakdown?: readonly string[] }) =>
  [
    ...(keys.alone ? [`${keys.breakdown ? 'without breakdown ' : ''}${keys.alone.join(', ')}`] : []),
    ...(keys.breakdown ? [`with breakdown ${keys.breakdown.join(', ')}`] : []),
  ].join(', or ')
