import { expect, it } from 'vitest'
import { lineAt, type SqlFile, sqlFiles, withoutComments } from './sql-files.ts'

// A field that holds what another field of the same document is named after, where that one holds something else, has
// changed places with it.

it('no field of a document holds the column that another one is named after', () => {
  expect(misplaced(sqlFiles)).toEqual([])
})

it('the rule is one that a document can break', () => {
  const found = (fields: string) =>
    misplaced([{ path: 'a.sql', text: `select\n  jsonb_build_object(${fields});` }])
  for (const right of [
    "'createdAt', t.created_at, 'name', t.name",
    "'id', m.user_id, 'name', p.name",
    "'joinedAt', m.created_at, 'createdAt', p.created_at",
    "'path', o.name, 'name', f(o.path)",
    "'a', f(x.b, 'c'), 'b', x.c, 'd', 'x, y.a'",
    "'owner', jsonb_build_object('name', p.name), 'viewName', v.name",
  ])
    expect(found(right), right).toEqual([])
  for (const wrong of [
    "'name', t.created_at, 'createdAt', t.name",
    "\n    'claimedIp', host(l.ip),\n    'ip', host(l.claimed_ip)\n  ",
    "'ip', private.timestamp_text(l.occurred_at), 'occurredAt', host(l.ip)",
    "'from', 1, 'view', jsonb_build_object('id', (v).name, 'name', v.id)",
  ])
    expect(found(wrong), wrong).toEqual(['a.sql:2'])
})

function misplaced(files: SqlFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    const sql = withoutComments(text)
    return [...sql.matchAll(/\bjsonb_build_object\(/g)]
      .filter(({ index, 0: call }) => swaps(argumentsOf(sql, index + call.length)))
      .map(({ index }) => `${path}:${lineAt(sql, index)}`)
  })
}

/** What stands between the commas of a call that begins at a place, as far as its own parentheses. */
function argumentsOf(sql: string, start: number): string[] {
  const parts = ['']
  let depth = 0
  let isQuoted = false
  for (let at = start; depth >= 0 && at < sql.length; at += 1) {
    const character = sql[at] ?? ''
    if (character === "'") isQuoted = !isQuoted
    if (!isQuoted && character === '(') depth += 1
    if (!isQuoted && character === ')') depth -= 1
    if (!isQuoted && depth === 0 && character === ',') parts.push('')
    else if (depth >= 0) parts[parts.length - 1] += character
  }
  return parts.map((part) => part.trim())
}

function swaps(parts: string[]): boolean {
  const fields = new Map<string, string>()
  for (let place = 0; place + 1 < parts.length; place += 2) {
    const name = /^'(\w+)'$/.exec(parts[place] ?? '')?.[1]
    if (name) fields.set(name, columnOf(parts[place + 1] ?? '') ?? '')
  }
  return [...fields.values()].some((column) => ![undefined, '', column].includes(fields.get(column)))
}

/** A column in the spelling of fields, where a value is one and no more, or its text. */
function columnOf(value: string): string | undefined {
  const column = /^(?:(?:private\.timestamp_text|to_jsonb|host)\()?\(?\w+\)?\.(\w+)\)*$/.exec(value)?.[1]
  return column?.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
}
