import { stripTypeScriptTypes } from 'node:module'
import type { Edit } from './mutation.ts'

/** Whether an edit left something that can be read. */
export function isTypescript(source: string): boolean {
  try {
    stripTypeScriptTypes(source)
    return true
  } catch {
    return false
  }
}

/** Every edit of a file of the gateway or a service behind it, in the order of the text. */
export function typescriptEdits(source: string): Edit[] {
  const isComment = commentsOf(source)
  const found = (kind: Edit['kind'], pattern: RegExp, replacements: (text: string) => string[]): Edit[] =>
    [...source.matchAll(pattern)]
      .filter(({ index }) => !isComment(index))
      .flatMap(({ 0: text, index }) =>
        replacements(text).map((replacement) => ({
          kind,
          start: index,
          end: index + text.length,
          replacement,
        })),
      )
  const gone = () => ['']
  return [
    // An operand of && or ||, as far as it has no parentheses but those of a call without arguments of its own.
    ...found('clause', / (?:&&|\|\|) !?[\w.?]+(?:\([^()]*\))?(?: [=!<>]==? ?[\w.'-]+)?(?=[\s)\n;])/g, gone),
    // A guard: a condition that leaves the function or throws.
    ...found('check', /^ +if \([^\n]*?\)(?:\n +)? ?(?:return|throw)\b[^\n{(]*(?:\([^\n]*\))?;?$/gm, gone),
    ...found('check', /^ +(?:await )?(?:assert|require|refuse)\w+\([^\n]*\)$/gm, gone),
    ...found('lock', /\s+for (?:no key update|update|key share|share)\b/g, gone),
    ...found('limit', /(?<=(?:[<>]=?|=) )\d[\d_]*\b(?![.\w])/g, moved),
    ...found('limit', /(?<=\w: )\d[\d_]*\b(?![.\w])/g, moved),
    // The status of an error.
    ...found('key', /(?<=\w\()4\d\d(?=, ')/g, (status) => [status === '400' ? '422' : '400']),
    ...found('default', /(?<=\(|= )[\w.]+ \?\? [\w.']+(?=[\n),])/g, (text) => {
      const [given = '', fallback = ''] = text.split(' ?? ')
      return [`${fallback} ?? ${given}`]
    }),
  ].sort((a, b) => a.start - b.start || a.kind.localeCompare(b.kind))
}

/** Up and down. */
function moved(number: string): string[] {
  const value = Number(number.replaceAll('_', ''))
  return [String(value + 1), String(value - 1)]
}

function commentsOf(source: string): (index: number) => boolean {
  const comments = [...source.matchAll(/\/\*[\s\S]*?\*\/|^\s*\/\/[^\n]*/gm)].map(
    ({ 0: text, index }) => [index, index + text.length] as const,
  )
  return (at) => comments.some(([start, end]) => at >= start && at < end)
}
