import type { PlannedAggregate, ReadPlan } from '../plan/index.ts'

/** A column of a spread embed, as its parent sees it. */
export interface SpreadOutput {
  name: string
  /** All columns of rows of which nothing is known. */
  isAll: boolean
  /** What the parent makes of its values. */
  aggregate?: PlannedAggregate
}

export function spreadOutputs(read: ReadPlan): SpreadOutput[] {
  const own = read.outputs.map((output): SpreadOutput => {
    switch (output.kind) {
      case 'all':
        return { name: '', isAll: true }
      case 'count':
        return {
          name: output.name,
          isAll: false,
          aggregate: { name: 'count', ...(output.cast && { cast: output.cast }) },
        }
      case 'field':
        return { name: output.name, isAll: false, ...(output.aggregate && { aggregate: output.aggregate }) }
    }
  })
  const embedded = read.embeds
    .filter(({ isShown }) => isShown)
    .flatMap((embed): readonly SpreadOutput[] => {
      if (!embed.isSpread) return [{ name: embed.name, isAll: false }]
      const outputs = spreadOutputs(embed.read)
      return embed.isToOne ? outputs : outputs.map(({ name, isAll }) => ({ name, isAll }))
    })
  return [...own, ...embedded]
}
