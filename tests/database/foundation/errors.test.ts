import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { clientError } from '../../support/database/act.ts'
import { guardSuite } from '../../support/database/guard-suite.ts'

const root = join(import.meta.dirname, '../../..')

/** The codes of the first table of docs/errors.md, with their statuses. */
const documented = new Map(
  [...registeredSection().matchAll(/^\| `(\w+)` \| (\d{3}) \| (.+) \| (.+) \|$/gm)].map(
    ([, code = '', status]) => [code, Number(status)],
  ),
)

/** The codes that the files of sql/ raise. */
const raised = new Set(
  globSync('sql/**/*.sql', { cwd: root }).flatMap((file) => {
    const sql = readFileSync(join(root, file), 'utf8')
    return [
      ...[...sql.matchAll(/private\.raise_error\(\s*'([^']*)'/g)].map(([, code = '']) => code),
      ...(/private\.raise_invalid_input\(\s*'/.test(sql) ? ['invalid_input'] : []),
    ]
  }),
)

const { query } = guardSuite()

describe('the registered codes', () => {
  it('are exactly those that sql/ raises', () => {
    expect([...documented.keys()].sort()).toEqual([...raised].sort())
  })

  it('carry the status that docs/errors.md gives, in the shape of the Data API', async () => {
    for (const [code, status] of documented) {
      const raising = query("select private.raise_error($1, 'What.', 'which', 'How.')", [code])
      expect(await clientError(raising)).toEqual({
        status,
        code,
        message: 'What.',
        details: 'which',
        hint: 'How.',
      })
    }
  })

  it('leave no room for others', async () => {
    const raising = query("select private.raise_error('made_up', 'What.')")
    await expect(raising).rejects.toMatchObject({
      code: 'P0001',
      message: expect.stringContaining('made_up'),
    })
  })

  it('are the only way in which sql/ raises, but for that guard', () => {
    const others = globSync('sql/**/*.sql', { cwd: root }).filter(
      (file) =>
        file !== 'sql/00_foundation/20_errors.sql' &&
        /\braise\s+(exception|sqlstate)/i.test(readFileSync(join(root, file), 'utf8')),
    )
    expect(others).toEqual([])
  })
})

function registeredSection(): string {
  const [, section = ''] = readFileSync(join(root, 'docs/errors.md'), 'utf8').split(/^## /m)
  return section
}
