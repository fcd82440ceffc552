import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

// docs/endpoints.md and the tests that prove it, row by row: neither says what the other does not.

const root = join(import.meta.dirname, '../../..')

/** The rows of the tables. */
const rows = readFileSync(join(root, 'docs/endpoints.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter(([, name = '']) => name !== 'endpoint' && !name.startsWith('---'))
  .map(([, name = '', call = '', answer = '', errors = '', ...rest]) => ({
    name,
    call,
    answer,
    errors,
    rest,
  }))

/** The body of each test, by its title. */
const tests = globSync('tests/api/endpoints/*.test.ts', { cwd: root, exclude: ['**/documentation.test.ts'] })
  .flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split(/^ *it\(/m)
      .slice(1),
  )
  .map((source) => ({ title: /^\s*'([^']*)'/.exec(source)?.[1] ?? source.slice(0, 80), source }))

/** What a piece of code calls: `rpc list_themes`, `from themes`, `auth.signUp`, `upload`. */
function callsOf(code: string): string[] {
  const named = [...code.matchAll(/\.(rpc|from)\(\s*'(\w+)'/g)].map(([, how, name]) => `${how} ${name}`)
  const methods = [
    ...code.matchAll(/\.(auth\.\w+|insert|update|delete|select|single|upload|getPublicUrl)\(/g),
  ]
  return [...new Set([...named, ...methods.map(([, name = '']) => name)])]
}

const codesOf = (errors: string) =>
  [...errors.matchAll(/`(?:error_code=)?(\w+)`/g)]
    .map(([, code = '']) => code)
    .filter((code) => code !== 'statusCode')

describe('docs/endpoints.md', () => {
  it('has a row for each test, and a test for each row', () => {
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.map(({ name }) => name).sort()).toEqual(tests.map(({ title }) => title).sort())
    expect(rows.filter(({ rest }) => rest.length !== 1)).toEqual([])
  })

  it.each(rows)('is proved by the call itself: $name', ({ name, call, errors }) => {
    const source = tests.find(({ title }) => title === name)?.source ?? ''
    expect(callsOf(call)).not.toEqual([])
    expect(callsOf(source)).toEqual(expect.arrayContaining(callsOf(call)))
    const codes = codesOf(errors)
    if (codes.length > 0) expect(codes.filter((code) => source.includes(`'${code}'`))).not.toEqual([])
  })

  it('has a row for each function that a front end or a server can call', () => {
    const [, functions = ''] =
      /^ {4}Functions: \{$(.*?)^ {4}\}$/ms.exec(readFileSync(join(root, 'types/database.ts'), 'utf8')) ?? []
    const callable = [...functions.matchAll(/^ {6}(\w+): \{/gm)].map(([, name]) => `rpc ${name}`)
    expect(callable).toContain('rpc session_context')
    const documented = rows.flatMap(({ call }) => callsOf(call))
    expect(callable.filter((call) => !documented.includes(call))).toEqual([])
  })

  it('has a row for each table on which a front end has a right, and for each right', () => {
    const granted = readFileSync(join(root, 'tests/database/guards/grants.txt'), 'utf8')
      .split('\n')
      .map((line) => /^table public\.(\w+) · authenticated · (select|insert|update|delete)/.exec(line))
      .flatMap((match) => (match ? [{ table: match[1], operation: match[2] }] : []))
    expect(granted.length).toBeGreaterThan(20)
    const unmentioned = granted.filter(
      ({ table, operation }) =>
        !rows.some(({ call, answer }) => {
          const text = `${call} ${answer}`
          return text.includes(`from('${table}')`) && text.includes(`.${operation}(`)
        }),
    )
    expect([...new Set(unmentioned.map(({ table, operation }) => `${operation} ${table}`))]).toEqual([])
  })

  it('names no error of the database that docs/errors.md does not explain', () => {
    const explained = readFileSync(join(root, 'docs/errors.md'), 'utf8')
    const unexplained = rows
      .filter(({ name, call }) => !name.startsWith('auth ') || call.includes('.rpc('))
      .flatMap(({ errors }) => codesOf(errors).filter((code) => !/^4\d\d$/.test(code)))
      .filter((code) => !explained.includes(`\`${code}\``))
    expect(unexplained).toEqual([])
  })
})
