const comparison = /^((?:not\.)?(?:eq|neq|gt|gte|lt|lte)\.)(.*)$/s
const list = /^((?:not\.)?in\.)\((.*)\)$/s

/** Rewrites the values of `eq.1e5` or `in.(1e5,null)`; `faithful` does so with the value of a comparison. */
export function faithfulFilter(filter: string, faithful: (value: string) => string): string {
  const [, operator, value] = comparison.exec(filter) ?? []
  if (operator !== undefined && value !== undefined) return `${operator}${faithful(value)}`
  const [, listOperator, elements] = list.exec(filter) ?? []
  if (listOperator === undefined || elements === undefined) return filter
  return `${listOperator}(${splitList(elements).map(faithfulElement).join(',')})`
}

/** A value that stands alone: its quotes belong to it. */
export function faithfulText(value: string): string {
  return isMisread(value) || /^".*"$/s.test(value) ? `"${value}"` : value
}

/** A value among others: its quotes hold it together. */
export function faithfulElement(element: string): string {
  if (element.startsWith('"') || !isMisread(element)) return element
  return `"${element.replace(/["\\]/g, '\\$&')}"`
}

/** Whether lite takes a text for a value that reads differently. */
function isMisread(text: string): boolean {
  if (text !== text.trim()) return true
  if (/^(null|not_null|unknown|true|false)$/i.test(text)) return text !== 'true' && text !== 'false'
  return text !== '' && Number.isFinite(Number(text)) && String(Number(text)) !== text
}

/** Splits at the commas outside of quotes. */
function splitList(elements: string): string[] {
  return elements.match(/("(?:[^"\\]|\\.)*"|[^,])+|(?<=,|^)(?=,|$)/gs) ?? []
}
