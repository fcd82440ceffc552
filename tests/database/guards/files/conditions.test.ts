import { expect, it } from 'vitest'
import { lineAt, type SqlFile, sqlFiles, withoutComments, withoutTexts } from './sql-files.ts'

// Who reads a policy should not have to know which of `and` and `or` binds closer.

it('a policy that mixes `and` with `or` says by parentheses what belongs together', () => {
  expect(mixing(sqlFiles)).toEqual([])
})

it('the rule is one that a policy can break', () => {
  const found = (condition: string) =>
    mixing([{ path: 'a.sql', text: `create policy t_select on t for select to r\n  using (${condition});` }])
  for (const clear of [
    'a and b and c',
    'a or (b and c)',
    '(a and b) or c in (select d from e where f and g)',
    "a = 'or' and b -- or",
    'case when a and b then c or d else e and f end',
    'a between 1 and 2 or b',
    'exists (select from a join b on c and d where e or f)',
  ])
    expect(found(clear), clear).toEqual([])
  for (const unclear of ['a and b or c', 'a or b and c', '(a or (b and c or d))', 'a and (b) or c'])
    expect(found(unclear), unclear).toEqual(['a.sql:1'])
})

function mixing(files: SqlFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    const sql = withoutTexts(withoutComments(text))
    return [...sql.matchAll(/\bcreate policy [^;]*;/g)]
      .filter(([policy]) => mixes(policy))
      .map(({ index }) => `${path}:${lineAt(sql, index)}`)
  })
}

/** Whether `and` and `or` stand side by side in one pair of parentheses, within one condition. */
function mixes(expression: string): boolean {
  const levels = [new Set<string>()]
  let isBetween = false
  for (const [word] of expression.matchAll(/[(),]|\w+/g)) {
    if (word === '(') levels.push(new Set())
    else if (word === ')') levels.pop()
    else if (/^(?:,|case|when|then|else|end|select|from|on|where|having|union|except|intersect)$/.test(word))
      levels[levels.length - 1] = new Set()
    else if (word === 'between') isBetween = true
    else if (word === 'and' && isBetween) isBetween = false
    else if (word === 'and' || word === 'or') {
      const level = levels.at(-1)?.add(word)
      if (level?.size === 2) return true
    }
  }
  return false
}
