/**
 * A text of the same length with nothing in it but code: comments are blank, literals are underscores between their
 * quotes. Bodies of functions stand between dollars, and are code.
 */
export function codeOf(sql: string): string {
  return sql.replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'/g, (found) =>
    found.startsWith("'") ? `'${'_'.repeat(found.length - 2)}'` : ' '.repeat(found.length),
  )
}

/** What ends an operand of `and` and `or` that is not in parentheses of its own. */
const boundary = new Set(
  `and or then else when end where order group limit offset returning union except having window for loop do
   cross join left inner from select returns as on using asc desc`.split(/\s+/),
)

interface Token {
  text: string
  start: number
  end: number
}

export function tokensOf(code: string): Token[] {
  return [...code.matchAll(/[a-z_][\w.]*|[(),;]/gi)].map((match) => ({
    text: match[0].toLowerCase(),
    start: match.index,
    end: match.index + match[0].length,
  }))
}

/** The index of the token that ends the operand which begins with the token at `first`; a `case` is one operand. */
export function endOfOperand(tokens: Token[], first: number): number {
  let depth = 0
  let isBetween = false
  for (let index = first; index < tokens.length; index += 1) {
    const text = tokens[index]?.text ?? ''
    if (text === '(' || text === 'case') depth += 1
    else if ((text === ')' || text === 'end') && depth > 0) depth -= 1
    else if (depth > 0) continue
    else if (text === ')' || text === ',' || text === ';') return index
    else if (text === 'between') isBetween = true
    else if (isBetween && text === 'and') isBetween = false
    else if (boundary.has(text) && !continuesOperand(tokens, index)) return index
  }
  return tokens.length
}

/** `is distinct from`, `left(…)` and their like. */
function continuesOperand(tokens: Token[], index: number): boolean {
  const text = tokens[index]?.text
  if (text === 'from') return tokens[index - 1]?.text === 'distinct'
  return text === 'left' && tokens[index + 1]?.text === '('
}
