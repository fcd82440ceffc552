import type { Model, Relation } from './model.ts'

/** How an embed goes from one relation to another, and what names it. */
export interface Way {
  to: Relation
  /** `t1!fk_t0_1`, or the column of a key that leads to the same relation. */
  target: string
  isToOne: boolean
  /** Rows there that belong to a row here. */
  find(row: Relation['rows'][number]): Relation['rows']
}

/** Everything that can be embedded in a relation without being ambiguous. */
export function waysFrom(from: Relation, { relations, references, junction }: Model): Way[] {
  const keyed = references.flatMap(({ constraint, table, column, target, isUnique }) =>
    relations.flatMap((to): Way[] => {
      const isSelf = from.name === to.name
      const [own, there] = [
        from.table === table && from.shown.get(column),
        to.table === target && to.shown.get('id'),
      ]
      const [id, back] = [
        from.table === target && from.shown.get('id'),
        to.table === table && to.shown.get(column),
      ]
      const forward: Way[] =
        own && there && !(isSelf && (isUnique || from.name !== table))
          ? [
              {
                to,
                target: isSelf ? own : `${to.name}!${constraint}`,
                isToOne: true,
                find: matching(to, own, there),
              },
            ]
          : []
      const backward: Way[] =
        id && back && !(isSelf && isUnique)
          ? [
              {
                to,
                target: `${to.name}!${isSelf ? back : constraint}`,
                isToOne: isUnique,
                find: matching(to, id, back),
              },
            ]
          : []
      return [...forward, ...backward]
    }),
  )
  const targets = keyed.map(({ target }) => target)
  return [
    // Two tables with keys to each other are told apart by the key; what a relation has with itself twice is not.
    ...keyed.filter(({ target }) => targets.indexOf(target) === targets.lastIndexOf(target)),
    ...(junction === undefined ? [] : through(from, { relations, references, junction, sql: '' })),
  ]
}

function matching(to: Relation, here: string, there: string): Way['find'] {
  return (row) => to.rows.filter((other) => row[here] !== null && other[there] === row[here])
}

/** Many-to-many, through the junction. */
function through(from: Relation, { relations, references, junction }: Model): Way[] {
  const middle = relations.find(({ name }) => name === junction)
  const sides = references.filter(({ table }) => table === junction)
  return sides.flatMap((near, index) => {
    const far = sides[1 - index]
    const id = from.table === near.target && from.shown.get('id')
    if (!middle || !far || !id) return []
    return relations
      .filter(({ table }) => table === far.target)
      .map((to): Way => {
        const there = to.shown.get('id') ?? ''
        return {
          to,
          target: `${to.name}!${junction}`,
          isToOne: false,
          find: (row) =>
            to.rows.filter((other) =>
              middle.rows.some((link) => link[near.column] === row[id] && link[far.column] === other[there]),
            ),
        }
      })
  })
}
