import { faithfulElement, faithfulFilter, faithfulText } from './filter-values.ts'

/** Parameters that are no filters. */
const reserved = new Set(['select', 'order', 'limit', 'offset', 'on_conflict', 'columns', 'apikey'])

/** `or`, `not.and`, also of an embedded table. */
const logical = /(?:^|\.)(?:or|and)$/

/**
 * Rewrites filters that lite would read as something else than they are: it takes `1e5`, `null` or an integer
 * of more than 15 digits for a value of its own, and of two filters with the same column and operator it keeps
 * the last. Undefined where nothing has to change, which is the rule.
 */
export function faithfulFilters(search: string): string | undefined {
  const parameters = [...new URLSearchParams(search)]
  const seen = new Set<string>()
  const repeated: string[] = []
  let changed = false
  const kept = parameters.flatMap(([name, value]): [string, string][] => {
    if (reserved.has(name) || /\.(order|limit|offset)$/.test(name)) return [[name, value]]
    const isTree = logical.test(name)
    const faithful = isTree ? faithfulTree(value) : faithfulFilter(value, faithfulText)
    changed ||= faithful !== value
    if (isTree) return [[name, faithful]]
    const key = `${name} ${operatorOf(value)}`
    if (seen.has(key) && !name.includes('.')) {
      repeated.push(`${name}.${inLogicTree(faithful)}`)
      return []
    }
    seen.add(key)
    return [[name, faithful]]
  })
  if (repeated.length > 0) kept.push(['and', `(${repeated.join(',')})`])
  return changed || repeated.length > 0 ? new URLSearchParams(kept).toString() : undefined
}

/** The members of `(a,or(b,c))`, each of them rewritten. */
function faithfulTree(tree: string): string {
  const [, operator, members] = /^\s*((?:(?:not\.)?(?:and|or))?\s*)\((.*)\)\s*$/s.exec(tree) ?? []
  if (operator !== undefined && members !== undefined)
    return `${operator}(${splitMembers(members).map(faithfulTree).join(',')})`
  const [, column, filter] = /^([^.]*\.)(.*)$/s.exec(tree) ?? []
  return column === undefined || filter === undefined
    ? tree
    : `${column}${faithfulFilter(filter, faithfulElement)}`
}

/** Splits at the commas outside of quotes, parentheses and braces. */
function splitMembers(members: string): string[] {
  const split = ['']
  let depth = 0
  let quoted = false
  for (const character of members) {
    if (character === '"') quoted = !quoted
    else if (!quoted && '({'.includes(character)) depth++
    else if (!quoted && ')}'.includes(character)) depth--
    if (character === ',' && depth === 0 && !quoted) split.push('')
    else split.push(split.pop() + character)
  }
  return split
}

/** What may not meet itself: lite keeps one filter per column and such key. */
function operatorOf(filter: string): string {
  const [operator = '', second = ''] = filter.split('.', 2)
  if (operator !== 'not') return operator
  return second === 'in' || second === 'is' ? `not.${second}` : 'not'
}

/** A filter as it stands inside of `and=(…)`, where commas and parentheses have a meaning. */
function inLogicTree(filter: string): string {
  const [, operator, value] = /^((?:not\.)?\w+(?:\(\w+\))?\.)(.*)$/s.exec(filter) ?? []
  if (operator === undefined || value === undefined || /^["({]/.test(value)) return filter
  return /[,.:()\s"\\]/.test(value) ? `${operator}"${value.replace(/["\\]/g, '\\$&')}"` : filter
}
