import type { Output, PlannedAggregate, ReadPlan } from '../plan/index.ts'

/** A column of a spread embed, as its parent sees it. */
export interface SpreadOutput {
  name: string
  /** All columns of rows of which nothing is known. */
  isAll: boolean
  /** An embed in it, or a list of values. */
  isJson?: boolean
  /** What the parent makes of its values. */
  aggregate?: PlannedAggregate
}

export function spreadOutputs(read: ReadPlan): SpreadOutput[] {
  const embedded = read.embeds
    .filter(({ isShown }) => isShown)
    .flatMap((embed): readonly SpreadOutput[] => {
      if (!embed.isSpread) return [{ name: embed.name, isAll: false, isJson: true }]
      const outputs = spreadOutputs(embed.read)
      return embed.isToOne ? outputs : outputs.map(({ name, isAll }) => ({ name, isAll, isJson: true }))
    })
  return [...read.outputs.map(asSpread), ...embedded]
}

function asSpread(output: Output): SpreadOutput {
  if (output.kind === 'all') return { name: '', isAll: true }
  const { name, cast } = output
  const counted =
    output.kind === 'count' ? { name: 'count' as const, ...(cast && { cast }) } : output.aggregate
  return { name, isAll: false, ...(counted && { aggregate: counted }) }
}
