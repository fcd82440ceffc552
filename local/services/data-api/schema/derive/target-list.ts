/*
 * What pg_rewrite says of a view: a tree of nodes as text, `({QUERY :commandType 1 … :targetList ({TARGETENTRY … })`.
 * Of every column that a query gives, Postgres notes in its target entry from which column of which relation it comes,
 * through joins, subselects and CTEs, where it comes from one unchanged. Names in the text have a backslash before
 * whatever is syntax, so that braces alone tell how deep a place is.
 */

/** A column of a view, and the column of a relation that it is. */
export interface TargetEntry {
  number: number
  relation: number
  column: number
}

const backslash = 92
const opening = 123
const closing = 125
const colon = 58
const space = 32

/** Depths of braces: the query, and the entries of its lists. */
const ofQuery = 1
const ofEntry = 2

/** The columns of the outermost query that come from somewhere unchanged. */
export function targetEntries(tree: string): TargetEntry[] {
  const entries: TargetEntry[] = []
  let depth = 0
  let isTargetList = false
  let entry: TargetEntry = { number: 0, relation: 0, column: 0 }
  for (let place = 0; place < tree.length; place++) {
    const code = tree.charCodeAt(place)
    if (code === backslash) place++
    else if (code === opening) {
      depth++
      if (depth === ofEntry) entry = { number: 0, relation: 0, column: 0 }
    } else if (code === closing) {
      if (depth === ofEntry && isTargetList && entry.relation > 0) entries.push(entry)
      depth--
    } else if (code === colon && depth <= ofEntry && tree.charCodeAt(place - 1) === space) {
      if (depth === ofQuery) isTargetList = tree.startsWith(':targetList ', place)
      else if (isTargetList) readField(tree, place, entry)
    }
  }
  return entries
}

function readField(tree: string, place: number, entry: TargetEntry): void {
  if (!tree.startsWith(':res', place)) return
  entry.number = numberAfter(':resno ', tree, place) ?? entry.number
  entry.relation = numberAfter(':resorigtbl ', tree, place) ?? entry.relation
  entry.column = numberAfter(':resorigcol ', tree, place) ?? entry.column
}

function numberAfter(field: string, tree: string, place: number): number | undefined {
  if (!tree.startsWith(field, place)) return undefined
  const start = place + field.length
  return Number.parseInt(tree.slice(start, start + 10), 10)
}
