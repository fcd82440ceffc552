import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { withClient } from '../../local/postgres/index.ts'
import { candidates } from '../../tools/mutate/candidates.ts'
import { nameAll, readEquivalents } from '../../tools/mutate/equivalents.ts'
import { applyEdit, describeMutation, type Mutation } from '../../tools/mutate/mutation.ts'
import { report } from '../../tools/mutate/report.ts'
import { sample } from '../../tools/mutate/sample.ts'
import { sqlEdits } from '../../tools/mutate/sql-mutations.ts'
import { createPlanner, subjectOf } from '../../tools/mutate/subjects.ts'
import { copyTree } from '../../tools/mutate/tree.ts'
import { tryAll } from '../../tools/mutate/try-all.ts'
import { typescriptEdits } from '../../tools/mutate/typescript-mutations.ts'
import { createDatabase } from '../support/stack/database.ts'

const root = join(import.meta.dirname, '../..')
const names = { errorCodes: ['not_found', 'conflict'], permissions: ['notes.read', 'notes.write'] }

/** What the edits make of a text, each with its kind. */
const edited = (text: string) =>
  sqlEdits(text, names).map((edit) => [
    edit.kind,
    applyEdit(text, edit).replaceAll(/\s+/g, ' ').replaceAll(' ;', ';').trim(),
  ])

describe('the edits of SQL', () => {
  it.each([
    [
      'select 1 where a = b and c between 1 and 2 and not d;',
      [
        ['clause', 'select 1 where c between 1 and 2 and not d;'],
        ['clause', 'select 1 where a = b and not d;'],
        ['limit', 'select 1 where a = b and c between 0 and 2 and not d;'],
        ['limit', 'select 1 where a = b and c between 2 and 2 and not d;'],
        ['clause', 'select 1 where a = b and c between 1 and 2;'],
      ],
    ],
    [
      "create policy p on t for update to x using (a is distinct from 'and b') with check (true);",
      [['policy', 'create policy p on t for update to x using (true) with check (true);']],
    ],
    [
      'create trigger t after insert or update on public.x for each row execute function private.f();',
      [['trigger', '']],
    ],
    [
      "execute function private.tg_audit('id', 'email');",
      [['withheld', "execute function private.tg_audit('id');"]],
    ],
    [
      'perform from public.x for no key update; perform private.lock_x(1);',
      [
        ['lock', 'perform from public.x; perform private.lock_x(1);'],
        ['lock', 'perform from public.x for no key update; null;'],
      ],
    ],
    [
      "perform private.require_permission(w, 'notes.read');",
      [
        ['check', 'null;'],
        ['key', "perform private.require_permission(w, 'notes.write');"],
      ],
    ],
    [
      "perform private.raise_error('conflict', 'Not and never.');",
      [['key', "perform private.raise_error('not_found', 'Not and never.');"]],
    ],
    ['return coalesce(a[1], b);', [['default', 'return coalesce(b, a[1]);']]],
    [
      'select 1 where not case when a and b then c end and d order by e and f desc;',
      [
        ['clause', 'select 1 where d order by e and f desc;'],
        ['clause', 'select 1 where not case when b then c end and d order by e and f desc;'],
        ['clause', 'select 1 where not case when a then c end and d order by e and f desc;'],
        ['clause', 'select 1 where not case when a and b then c end order by e and f desc;'],
        ['clause', 'select 1 where not case when a and b then c end and d order by e desc;'],
      ],
    ],
    [
      'select a -> 0, a ->> 1 from x where b <> 2; select a into v from x limit 1; return (select a limit 1);',
      [
        [
          'limit',
          'select a -> 0, a ->> 1 from x where b <> 3; select a into v from x limit 1; return (select a limit 1);',
        ],
        [
          'limit',
          'select a -> 0, a ->> 1 from x where b <> 1; select a into v from x limit 1; return (select a limit 1);',
        ],
        [
          'limit',
          'select a -> 0, a ->> 1 from x where b <> 2; select a into v from x limit 0; return (select a limit 1);',
        ],
        [
          'limit',
          'select a -> 0, a ->> 1 from x where b <> 2; select a into v from x limit 1; return (select a limit 2);',
        ],
        [
          'limit',
          'select a -> 0, a ->> 1 from x where b <> 2; select a into v from x limit 1; return (select a limit 0);',
        ],
      ],
    ],
    ['create trigger t before update or truncate on private.x;', [['trigger', '']]],
    ["-- where a and b, for update\ncomment on table x is 'a > 1 and b';", []],
  ])('%s', (text, expected) => {
    const found = edited(text)
    expect(found).toHaveLength(expected.length)
    expect(found).toEqual(expect.arrayContaining(expected))
  })
})

it('the edits of the gateway drop guards and operands, and move limits and statuses', () => {
  const text = `const most = 10
async function f() {
  if (a && !b) throw new AuthError(422, 'no')
  // if (c) return 1
}`
  const found = typescriptEdits(text).map(({ kind, start, end }) => [kind, text.slice(start, end).trim()])
  expect(found).toEqual([
    ['limit', '10'],
    ['limit', '10'],
    ['check', "if (a && !b) throw new AuthError(422, 'no')"],
    ['clause', '&& !b'],
    ['key', '422'],
  ])
})

const all = candidates(root)

it('what is listed as making no difference is an edit that there is, with a reason', () => {
  const known = new Set(nameAll(root, all).values())
  expect(known.size).toBe(all.length)
  for (const [name, reason] of readEquivalents(root)) {
    expect(known, name).toContain(name)
    expect(reason, name).not.toBe('')
  }
})

describe('a sample', () => {
  it('is the same for a seed, another for another, and has its share of every subject', () => {
    expect(sample(all, 'one')).toEqual(sample(candidates(root), 'one'))
    expect(sample(all, 'one').slice(0, 20)).not.toEqual(sample(all, 'two').slice(0, 20))
    const subjects = new Set(all.map(({ file }) => subjectOf(file)))
    const first = sample(all, 'one').slice(0, subjects.size)
    expect(new Set(first.map(({ file }) => subjectOf(file)))).toEqual(subjects)
  })

  it('is tried first on the tests that touch what is edited', () => {
    const plan = createPlanner(root)
    const at = (file: string, kind: string) =>
      all.find((mutation) => mutation.file.endsWith(file) && mutation.kind === kind) as Mutation
    const { nearest, others } = plan(at('18_invitations/60_acceptance.sql', 'lock'))
    expect(nearest[0]).toMatch('tests/database/invitations/')
    const tests = [...nearest, ...others]
    expect(tests).not.toContain('tests/database/guards/schema-equality.test.ts')
    expect(new Set(tests).size).toBe(tests.length)
    expect(plan(at('18_invitations/30_invitations.sql', 'trigger')).nearest[0]).toMatch(
      'tests/database/guards/',
    )
    expect(plan(at('gateway/gate.ts', 'limit')).nearest).toContain('tests/local/gateway/fairness.test.ts')
    expect(plan(at('50_widget_data/60_save_data_source.sql', 'default')).nearest).toContain(
      'tests/database/widget-data/sources.test.ts',
    )
  })
})

it('an edit is noticed by a check that it breaks, survives others, and is not counted where it does not load', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fixture-'))
  const database = await createDatabase('platform')
  const file = 'sql/10_people/30_people.sql'
  const text = `create or replace function public.is_adult(age integer) returns boolean
language sql return age >= 18 and age < 200 and age <> 50 and age <> 250 and age <> 70;`
  try {
    for (const each of ['supabase/migrations', 'sql/10_people'])
      mkdirSync(join(folder, each), { recursive: true })
    writeFileSync(join(folder, file), text)
    using tree = copyTree(folder)
    const mutation = (start: string, replacement: string): Mutation => {
      const at = text.indexOf(start)
      return { kind: 'limit', file, start: at, end: at + start.length, replacement }
    }
    const trials = await withClient(database.url('postgres'), (client) =>
      tryAll(
        [
          mutation('18', '19'),
          mutation('200', '201'),
          mutation(' and age <> 50', ''),
          mutation(' and age <> 250', ''),
          mutation(' and age <> 70', ''),
          mutation('age >=', ''),
        ],
        {
          tree,
          suite: {
            rebuild: () =>
              client.query(readFileSync(join(tree.root, file), 'utf8')).then(
                () => true,
                () => false,
              ),
            async firstFailure(ages) {
              for (const age of ages) {
                const { rows } = await client.query('select public.is_adult($1) as is_adult', [age])
                if (rows[0].is_adult !== (age === '18')) return `${age} > is_adult`
              }
              return null
            },
            cancel: async () => {},
            [Symbol.asyncDispose]: async () => {},
          },
          plan: () => ({ nearest: ['18'], others: ['50', '200', '17'] }),
          isTime: () => true,
          onTrial: () => {},
        },
      ),
    )
    expect(trials.map(({ verdict, noticedBy, untried }) => [verdict, noticedBy, untried])).toEqual([
      ['noticed', '18 > is_adult', 3],
      ['noticed', '200 > is_adult', 3],
      ['noticed', '50 > is_adult', 3],
      ['survived', undefined, 0],
      ['survived', undefined, 0],
      ['does not load', undefined, 3],
    ])
    const lines = report(trials, (trial) => describeMutation(trial.mutation, text)).split('\n')
    expect(lines).toContain('| people | 3 of 5 | 60 % |')
    expect(lines).toContain(`  ${file}:2 limit: and age <> 70 -> (nothing)`)
    expect(readFileSync(join(folder, file), 'utf8')).toBe(text)
  } finally {
    await database.drop()
    rmSync(folder, { recursive: true, force: true })
  }
})
