/** Parameters that are no filters. */
const reserved = new Set([
  'select',
  'order',
  'limit',
  'offset',
  'on_conflict',
  'columns',
  'apikey',
  'or',
  'and',
])

const comparison = /^((?:not\.)?(?:eq|neq|gt|gte|lt|lte)\.)(.*)$/s
const list = /^((?:not\.)?in\.)\((.*)\)$/s

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
    if (reserved.has(name) || name.startsWith('not.') || /\.(order|limit|offset)$/.test(name))
      return [[name, value]]
    const faithful = faithfulValue(value)
    changed ||= faithful !== value
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

function faithfulValue(filter: string): string {
  const [, operator, value] = comparison.exec(filter) ?? []
  if (operator !== undefined && value !== undefined)
    return isMisread(value) ? `${operator}"${value}"` : filter
  const [, listOperator, elements] = list.exec(filter) ?? []
  if (listOperator === undefined || elements === undefined) return filter
  return `${listOperator}(${splitList(elements).map(faithfulElement).join(',')})`
}

function faithfulElement(element: string): string {
  if (element.startsWith('"') || !isMisread(element)) return element
  return `"${element.replace(/["\\]/g, '\\$&')}"`
}

/** Whether lite takes a text for a value that reads differently. */
function isMisread(text: string): boolean {
  if (text !== text.trim() || /^".*"$/s.test(text)) return true
  if (/^(null|not_null|unknown|true|false)$/i.test(text)) return text !== 'true' && text !== 'false'
  return text !== '' && Number.isFinite(Number(text)) && String(Number(text)) !== text
}

/** Splits at the commas outside of quotes. */
function splitList(elements: string): string[] {
  return elements.match(/("(?:[^"\\]|\\.)*"|[^,])+|(?<=,|^)(?=,|$)/gs) ?? []
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
