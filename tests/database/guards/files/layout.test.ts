import { expect, it } from 'vitest'
import { type SqlFile, sqlFiles, withoutComments } from './sql-files.ts'

// Where a file of sql/ stands, and how it is cut.

it('a folder is a number and a subject, a file in it a number and a concept', () => {
  expect(sqlFiles.length).toBeGreaterThan(50)
  expect(misnamed(sqlFiles)).toEqual([])
})

it('no two files of a folder have one number, so that their order never hangs on their names', () => {
  expect(sharingANumber(sqlFiles)).toEqual([])
})

it('no line is wider than 120 characters', () => {
  expect(wideLines(sqlFiles)).toEqual([])
})

it('what brings rows and jobs is in a folder "data", which a migration copies as it is', () => {
  expect(bringingRows(sqlFiles.filter(({ path }) => !path.includes('/data/')))).toEqual([])
})

it('each of these rules is one that a file can break', () => {
  expect(misnamed([file('45_Dashboards/40_widgets.sql'), file('45_dashboards/widgets.sql')])).toHaveLength(2)
  expect(misnamed([file('15_audit/jobs.sql'), file('15_audit/data/jobs.sql')])).toEqual(['15_audit/jobs.sql'])
  const pair = [file('45_dashboards/40_widgets.sql'), file('45_dashboards/40_locks.sql')]
  expect(sharingANumber([...pair, file('45_dashboards/data/40_rows.sql')])).toEqual(['45_dashboards/40'])
  expect(sharingANumber([file('45_a/10_a.sql'), file('45_b/10_b.sql')])).toEqual(['45'])
  expect(wideLines([file('10_a/10_a.sql', `${'x'.repeat(120)}\n${'x'.repeat(121)}`)])).toEqual([
    '10_a/10_a.sql:2',
  ])
  const inFunction = 'create function f() as $$ begin\ninsert into t values (1);\nend $$;'
  expect(bringingRows([file('10_a/10_a.sql', inFunction)])).toEqual([])
  expect(bringingRows([file('10_a/10_a.sql', `${inFunction}\ninsert into t values (1);`)])).toHaveLength(1)
  expect(bringingRows([file('10_a/10_a.sql', "select cron.schedule('a', '@daily', 'b');")])).toHaveLength(1)
})

function misnamed(files: SqlFile[]): string[] {
  return files
    .filter(({ path }) => !/^\d\d_[a-z_]+\/(?:\d\d_[a-z_]+|data\/(?:\d\d_[a-z_]+|jobs))\.sql$/.test(path))
    .map(({ path }) => path)
}

/** The numbers, after their folder, that more than one folder or file has. */
function sharingANumber(files: SqlFile[]): string[] {
  const places = new Set(files.flatMap(({ path }) => [path, path.slice(0, path.indexOf('/'))]))
  const numbers = [...places].map((path) => /^(?:.*\/)?\d\d(?=_[^/]*$)/.exec(path)?.[0] ?? path)
  return numbers.filter((number, index) => numbers.indexOf(number) !== index)
}

function wideLines(files: SqlFile[]): string[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => (line.length > 120 ? [`${path}:${index + 1}`] : [])),
  )
}

/** What a file does at once, when it is loaded, apart from declaring. */
function bringingRows(files: SqlFile[]): string[] {
  return files.flatMap(({ path, text }) =>
    [
      ...withoutComments(text)
        .replace(/\$(\w*)\$[\s\S]*?\$\1\$/g, '$$$$')
        .matchAll(/(?<=^|;)\s*((?:insert|update|delete|select|do|create extension)\b.*)/gi),
    ].map(([, statement]) => `${path}: ${statement}`),
  )
}

function file(path: string, text = ''): SqlFile {
  return { path, text }
}
