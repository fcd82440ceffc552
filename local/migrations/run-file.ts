import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { postgreSplitterOptions, splitQuery } from 'dbgate-query-splitter'
import type { Client } from 'pg'
import { messageOf, StackError } from '../stack/index.ts'

/**
 * Runs a SQL file, statement by statement, in one transaction; `record` gets the statements and runs in it too.
 *
 * @throws StackError `<file>, line <n>: <the database's message>`; nothing of the file stays
 */
export async function runFile(
  client: Client,
  path: string,
  root: string,
  record: (statements: string[]) => Promise<void>,
): Promise<void> {
  const text = readFileSync(path, 'utf8')
  const statements = splitStatements(text)
  let cursor = 0
  await client.query('begin')
  try {
    for (const statement of statements) {
      const start = text.indexOf(statement, cursor)
      try {
        await client.query(statement)
      } catch (error) {
        const line = lineOf(text, start + offsetOf(error, statement))
        throw new StackError(
          `${relative(root, path)}, line ${line}: ${messageOf(error)}. Nothing of this file was applied.`,
        )
      }
      cursor = start + statement.length
    }
    await record(statements)
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    // A migration may leave settings behind, such as an empty search_path; the next starts from the role's own.
    await client.query('reset all')
  }
}

/** The statements of a text, as they stand there. */
export function splitStatements(text: string): string[] {
  return splitQuery(text, postgreSplitterOptions).filter((statement) => typeof statement === 'string')
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}

/** Where in the statement Postgres points (its positions count from 1), else where its first line of SQL begins. */
function offsetOf(error: unknown, statement: string): number {
  const position =
    typeof error === 'object' && error !== null && 'position' in error ? Number(error.position) : 0
  if (position > 0) return position - 1
  return /^(\s*(--[^\n]*\n|\/\*[\s\S]*?\*\/))*\s*/.exec(statement)?.[0].length ?? 0
}
