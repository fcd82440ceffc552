import { expect, it } from 'vitest'
import { type SqlFile, sqlFiles, withoutComments } from './sql-files.ts'

// A field is called after what it holds. Where two fields of a document would both together say better what they hold
// if one had the other's name, they have changed places, and whoever reads the document is told the wrong thing.

/** Pairs of fields whose values share a word with the other's name by chance. */
const byChance = [
  '49_metrics/62_list.sql: metrics, keptDays',
  '49_metrics/62_list.sql: metrics, pointsPerMinute',
  '49_metrics/72_shapes.sql: label, value',
  '49_metrics/72_shapes.sql: label, values',
  '49_metrics/74_rows.sql: title, value',
  '52_agents/44_history.sql: summary, isCut',
  '54_marketplace/69_change_copies.sql: problem, is_same',
  '64_support/32_messages.sql: from, author',
  '80_search/12_excerpts.sql: text, isMatch',
  '80_search/32_components.sql: id, isBuiltIn',
  '90_lifecycle/72_operator_metrics.sql: count, buckets',
]

it("no two fields of a document would better have each other's names", () => {
  expect(misplaced(sqlFiles)).toEqual(byChance)
})

it('the rule is one that a document can break', () => {
  const found = (fields: string) =>
    misplaced([{ path: 'a.sql', text: `select\n  jsonb_build_object(${fields});` }])
  for (const right of [
    "'createdAt', t.created_at, 'name', t.name",
    "'id', m.user_id, 'name', p.name",
    "'joinedAt', m.created_at, 'createdAt', p.created_at",
    "'a', f(x.b, 'c'), 'b', x.c, 'd', 'x, y.a'",
    "'owner', jsonb_build_object('name', p.name), 'viewName', v.name",
    "'type', 'name', 'name', p.label",
    "'isDue', v_due < now(), 'views', private.told_views(p_id)",
  ])
    expect(found(right), right).toEqual([])
  for (const [wrong, pair] of [
    ["'name', t.created_at, 'createdAt', t.name", 'name, createdAt'],
    ["\n    'claimedIp', host(l.ip),\n    'ip', host(l.claimed_ip)\n  ", 'claimedIp, ip'],
    ["'ip', private.timestamp_text(l.occurred_at), 'occurredAt', host(l.ip)", 'ip, occurredAt'],
    ["'from', 1, 'view', jsonb_build_object('id', (v).name, 'name', v.id)", 'id, name'],
    ["'views', v_total > 5, 'isDue', private.told_views(p_id)", 'views, isDue'],
    ["'path', o.name, 'name', f(o.path)", 'path, name'],
  ] as const)
    expect(found(wrong), wrong).toEqual([`a.sql: ${pair}`])
})

function misplaced(files: SqlFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    const sql = withoutComments(text)
    const pairs = [...sql.matchAll(/\bjsonb_build_object\(/g)].flatMap(({ index, 0: call }) =>
      misnamed(argumentsOf(sql, index + call.length)),
    )
    return [...new Set(pairs)].sort().map((pair) => `${path}: ${pair}`)
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

interface Field {
  name: string
  /** The words of its name, and of what it holds. */
  called: Set<string>
  holds: Set<string>
}

/** The pairs of fields of one document that would better change names. */
function misnamed(parts: string[]): string[] {
  const fields = parts.flatMap((part, place): Field[] => {
    const name = place % 2 === 0 ? /^'(\w+)'$/.exec(part)?.[1] : undefined
    return name ? [{ name, called: wordsOf(name), holds: wordsOf(tellingPart(parts[place + 1] ?? '')) }] : []
  })
  return fields.flatMap((a, place) =>
    fields
      .slice(place + 1)
      .filter((b) => likeness(a, a) + likeness(b, b) < likeness(a, b) + likeness(b, a))
      .map((b) => `${a.name}, ${b.name}`),
  )
}

/** How much of a field's name stands in what a field holds. */
function likeness({ called }: Field, { holds }: Field): number {
  return [...called].filter((word) => holds.has(word)).length / Math.max(1, called.size)
}

/** A value without what says nothing of it: a constant, what a document within it holds, and short names of rows. */
function tellingPart(value: string): string {
  return value
    .replace(/^'[^']*'$/, '')
    .replace(/\bjsonb_build_object\([\s\S]*$/, '')
    .replace(/\b(?:\w{1,2}|private|public)\.(?=\w)/g, '')
}

/** The words of a name in any spelling, without what one has in the plural or the past. */
function wordsOf(text: string): Set<string> {
  const words = text
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .match(/[a-z]{2,}/g)
  return new Set(words?.map((word) => word.replace(/(?:ies|es|s|ed|d|e|y)$/, '')))
}
