import { expect, it } from 'vitest'
import { lineAt, type SqlFile, sqlFiles, withoutComments } from './sql-files.ts'

// In a query or a policy `(select auth.uid())` is worked out once and not for every row. Where nothing but plpgsql
// reads an expression there is one row, and the words would only look as if they had a reason.

it('`(select auth.uid())` stands in queries and policies alone', () => {
  expect(wrapped(sqlFiles)).toEqual([])
})

it('the rule is one that a function can break', () => {
  const found = (statement: string) =>
    wrapped([
      {
        path: 'a.sql',
        text: `as $$\ndeclare\n  v_a text;\nbegin\n  perform f();\n  ${statement}\nend;\n$$;`,
      },
    ])
  for (const right of [
    'v_a := auth.uid();',
    'v_a := (select id from t where owner = (select auth.uid()));',
    'if exists (select from t where owner = (select auth.uid())) then',
    'return query select a from t where owner = (select auth.uid());',
    'return array(select a from t where owner = (select auth.uid()));',
    'update t set a = b where owner = (select auth.uid());',
    'insert into t values (1, (select auth.uid()));',
  ])
    expect(found(right), right).toEqual([])
  for (const wrong of [
    'v_a := (select auth.uid());',
    'new.a := coalesce((select auth.uid()), new.a);',
    'if (select auth.uid()) is not null and f(a) then',
    'return a or (select auth.uid()) is null;',
  ])
    expect(found(wrong), wrong).toEqual(['a.sql:6'])
  const declared = 'as $$\ndeclare\n  v_a constant uuid := (select auth.uid());\nbegin\nend;\n$$;'
  expect(wrapped([{ path: 'a.sql', text: declared }])).toEqual(['a.sql:3'])
  const byDefault = 'create function f(a uuid default (select auth.uid())) returns void'
  expect(wrapped([{ path: 'a.sql', text: byDefault }])).toEqual(['a.sql:1'])
})

function wrapped(files: SqlFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    const sql = withoutComments(text)
    return [...sql.matchAll(/\(select auth\.uid\(\)\)/g)]
      .filter(({ index }) => !isInQuery(sql.slice(0, index)))
      .map(({ index }) => `${path}:${lineAt(sql, index)}`)
  })
}

/** Whether the place after this text is in a query, or in a statement that is none of plpgsql. */
function isInQuery(before: string): boolean {
  const statement = before.split(/;|\b(?:begin|declare|then|else|loop)\n|\$\w*\$\n/).at(-1) ?? ''
  const open: number[] = []
  for (const { 0: parenthesis, index } of statement.matchAll(/[()]/g))
    if (parenthesis === '(') open.push(index + 1)
    else open.pop()
  const isNested = open.some((index) =>
    /^\s*(?:select|with|insert|update|delete)\b/.test(statement.slice(index)),
  )
  return (
    isNested || !/^\s*(?:(?:if|elsif|while|return(?! query))\b|[\w. ]+:=|create function\b)/.test(statement)
  )
}
