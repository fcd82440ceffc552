import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { dashboardOf } from '../../support/dashboards/transfer.ts'
import { type Actor, actAs, clientError, service } from '../../support/database/act.ts'
import { callOf, functionsOf } from '../../support/database/catalog.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, ours } from '../../support/people/cast.ts'

// A number far beyond a double takes few bytes and is written with very many digits: it is told as what it is, and not
// as the size of the document around it.

const story = onPremium(policySuite())

const message = 'This holds a number that JavaScript reads as another one.'
const hint = 'Give one that is not so large, or not so close to 0.'

/** A document in which "far" stands in the place of the number. */
const withFar = (document: unknown, far: string) => JSON.stringify(document).replaceAll('"far"', far)

const [first, second] = dashboardOf().views
const widget = { ...second?.layout.widgets[0], position: { x: 'far', y: 0, width: 1, height: 1 } }
const dashboard = {
  ...dashboardOf(),
  views: [first, { ...second, layout: { ...second?.layout, widgets: [widget] } }],
}

describe('is told with its path', () => {
  it.each<[string, Actor, string, unknown]>([
    [
      'views.1.layout.widgets.0.position.x',
      admin,
      'import_dashboard(workspace_id => $2, document => $1)',
      dashboard,
    ],
    [
      'data.rows.0',
      admin,
      'save_data_source(workspace_id => $2, document => $1)',
      { data: { rows: ['far'] } },
    ],
    ['url', admin, 'save_destination(workspace_id => $2, document => $1)', { url: 'far' }],
    ['temperature', admin, 'save_agent(workspace_id => $2, document => $1)', { temperature: 'far' }],
    [
      'retentionDays',
      admin,
      'save_ai_settings(workspace_id => $2, document => $1)',
      { retentionDays: 'far' },
    ],
    ['radius', admin, 'import_theme(workspace_id => $2, document => $1)', { radius: 'far' }],
    ['patch.a.b', admin, 'update_workspace_settings(workspace_id => $2, patch => $1)', { a: { b: 'far' } }],
    [
      'extras.app:a',
      admin,
      'patch_preferences(workspace_id => $2, patch => $1)',
      { extras: { 'app:a': 'far' } },
    ],
    ['results.0.deliveries', service, 'settle_deliveries(results => $1)', [{ deliveries: 'far' }]],
    [
      'results.0.workspaceId',
      service,
      'settle_mails(results => $1)',
      [{ workspaceId: 'far', id: '00000000-0000-4000-8000-0000000000ff', outcome: 'sent' }],
    ],
    ['charges.0.quota', service, 'charge_rate_limits(charges => $1)', [{ quota: 'far' }]],
  ])('%s', (details, actor, call, document) =>
    story(async (client) => {
      for (const far of ['1e400', '-1e400', '1e-401', '1e131071']) {
        const values = [withFar(document, far), ...(call.includes('$2') ? [ours] : [])]
        const refused = await clientError(actAs(client, actor, `select public.${call}`, values))
        expect(refused, far).toMatchObject({ code: 'invalid_input', details, message, hint })
      }
    })(),
  )
})

describe('the path', () => {
  const deep = (levels: number) => `${'{"a":'.repeat(levels)}1e400${'}'.repeat(levels)}`
  it.each([
    ['is that of the whole, where it is the number', '1e400', 'x'],
    ['is that of the first', '{"a": [0, 1e-401], "b": 1e400}', 'x.a.1'],
    ['ends above a key that may not be named', '{"a": {"<b>": {"c": 1e400}}}', 'x.a'],
    ['leads through eight levels', deep(8), `x${'.a'.repeat(8)}`],
    ['and no further', deep(2_000), `x${'.a'.repeat(8)}`],
    ['leads nowhere in a large document', `{"a": [${'0,'.repeat(100_000)}1e400]}`, 'x'],
  ])('%s', (_, document, path) =>
    story(async (client) => {
      const found = await client.query('select private.size_problem($1, $2, 1000000, $3) as problem', [
        'x',
        document,
        '{"path": "y"}',
      ])
      expect(found.rows).toEqual([{ problem: { path, message, hint } }])
    })(),
  )

  it(
    'is not looked for in what is larger in any form',
    story(async (client) => {
      const { rows } = await client.query("select private.size_problem('x', $1, 100, '{}') as problem", [
        JSON.stringify([...Array.from({ length: 300 }, () => 'a')]).replace('"a"', '1e400'),
      ])
      expect(rows).toEqual([{ problem: {} }])
    }),
  )
})

/** Each document that a function takes, of people who are signed in and of servers. */
async function* documentsTaken(client: pg.Client) {
  for (const actor of [admin, service])
    for (const method of await functionsOf(client, actor.role))
      for (const { name, type, isRequired } of method.parameters)
        if (type === 'jsonb')
          yield {
            place: `${actor.role}: ${method.name} ${name}`,
            isRequired,
            refusal: (document: string) => {
              const { sql, values } = callOf(method, {}, [name, `${document}::jsonb`])
              return clientError(actAs(client, actor, sql, values))
            },
          }
}

it(
  'no function tells it as a size',
  story(async (client) => {
    const wrong: string[] = []
    for await (const { place, refusal } of documentsTaken(client))
      for (const document of ["'1e400'", "'[1e400]'", `'{"name": 1e400}'`]) {
        const { message: told } = await refusal(document)
        if (/large|KiB|MiB|bytes|many/.test(String(told))) wrong.push(`${place}: ${told}`)
      }
    expect(wrong).toEqual([])
  }),
)

describe('a document that is missing', () => {
  it(
    'holds none, and is not too large',
    story(async (client) => {
      const { rows } = await client.query(`
        select
          private.far_number_problem('x', null) as far,
          private.size_problem('x', null, 100, '{}') as size,
          private.is_larger_than(null, 100) as "isLarger"`)
      expect(rows).toEqual([{ far: null, size: null, isLarger: false }])
    }),
  )

  it(
    'is told by every function as JSON’s null is',
    story(async (client) => {
      const judged: string[] = []
      for await (const { place, isRequired, refusal } of documentsTaken(client))
        if (isRequired) {
          const told = await refusal("'null'")
          expect(told.message, place).not.toBe(message)
          expect(await refusal('null'), place).toEqual(told)
          if (told.code === 'invalid_input') judged.push(place)
        }
      expect(judged.length).toBeGreaterThan(20)
    }),
  )
})
