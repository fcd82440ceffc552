import { formatSqlStatements, type SqlFormatOptions } from '@supabase/pg-delta/sql-format'

const widest = 120
const indentation = '  '

/** The bodies of functions stay as they are in `sql/`: they are text, and compared as such. */
const options: SqlFormatOptions = {
  keywordCase: 'lower',
  // The semicolon comes on top.
  maxWidth: widest - 1,
  alignColumns: false,
  alignKeyValues: false,
  preserveRoutineBodies: true,
}

/** Generated statements as a person can read them: clauses on lines of their own, none wider than 120 characters. */
export function formatSql(sql: string): string {
  return formatSqlStatements([sql], options)
    .map((statement) => `${withNarrowComment(statement)};\n`)
    .join('\n')
}

/**
 * `comment on … is '…'` with its text over several lines: the formatter leaves it on one. To Postgres, literals with
 * nothing but a line break between them are one.
 */
function withNarrowComment(statement: string): string {
  const [, head, text] = /^(comment on [^']* is)\s+(E?'(?:[^']|'')*')$/i.exec(statement) ?? []
  if (!head || !text || statement.split('\n').every((line) => line.length < widest)) return statement
  return [head, ...narrowLiterals(text)].join(`\n${indentation}`)
}

/** Breaks a literal after spaces, which stay in it. */
function narrowLiterals(literal: string): string[] {
  const room = widest - indentation.length - 2
  const [first = '', ...words] = literal.split(/(?<= )/)
  const lines = [first]
  for (const word of words) {
    const line = lines.at(-1) ?? ''
    if (line.length + word.length <= room) lines[lines.length - 1] = line + word
    else lines.push(word)
  }
  return lines.map((line, index) => `${index > 0 ? "'" : ''}${line}${index < lines.length - 1 ? "'" : ''}`)
}
