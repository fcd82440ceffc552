import { describe, expect, it } from 'vitest'
import { insertComponent } from '../../support/dashboards/components.ts'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import {
  age,
  answers,
  dataOf,
  fetched,
  panel,
  questionOf,
  saveSource,
} from '../../support/dashboards/widget-data.ts'
import { clientError, service } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { messagesOf } from '../../support/database/messages.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { member, ours, theirs } from '../../support/people/cast.ts'

// What becomes of an answer that was fetched: it is held to its schema, told, logged and forgotten.

const story = onPremium(policySuite())

const lease = '00000000-0000-4000-8000-0000000000e1'

describe('an answer', () => {
  it.each<[string, unknown]>([
    ['no list', {}],
    ['51 answers', Array.from({ length: 51 }, () => ({}))],
    ['no names', [{}]],
    ['no lease', [{ question: 'q' }]],
    ['a lease that is none', [{ question: 'q', lease: 'x' }]],
    ['no number of bytes', [{ question: 'q', lease, bytes: 'many' }]],
    ['an error without a code', [{ question: 'q', lease, error: 'lost' }]],
    ['an error with a long code', [{ question: 'q', lease, error: { code: 'x'.repeat(51) } }]],
  ])('is refused in a list with %s', (_, answers) =>
    story(async (client) => {
      expect(
        await clientError(call(client, service, 'store_widget_data', [ours, JSON.stringify(answers)])),
      ).toMatchObject({ code: 'invalid_input', details: 'answers' })
    })(),
  )

  it(
    'is told to the workspace by its question, and stands in the log',
    story(async (client) => {
      const { question, widget, source } = await panel(client)
      await messagesOf(client)
      await fetched(client, widget, { data: { value: 1 } })
      expect(await messagesOf(client)).toEqual([
        {
          topic: `workspace:${ours}`,
          event: 'widget:refreshed',
          payload: { workspaceId: ours, questions: [question] },
        },
      ])
      const { rows } = await client.query(
        'select source, outcome, milliseconds, bytes from private.widget_refreshes',
      )
      expect(rows).toEqual([{ source, outcome: 'fetched', milliseconds: 5, bytes: 10 }])
    }),
  )

  it.each([
    ['no object', []],
    ['too large', { value: 1, text: 'x'.repeat(262_145) }],
  ])('that is %s is an error, and nothing is kept of it', (_, data) =>
    story(async (client) => {
      const { widget } = await panel(client)
      await fetched(client, widget, { data })
      expect(await dataOf(client, member, widget)).toMatchObject({
        data: null,
        meta: { error: { code: 'data_not_valid' } },
      })
    })(),
  )

  it(
    'is held to the schema of a component of the workspace',
    story(async (client) => {
      await insertComponent(client, ours, {
        id: 'tank',
        defaultConfig: {},
        configSchema: { type: 'object' },
        dataSchema: { type: 'object', properties: { level: { type: 'integer' } }, required: ['level'] },
      })
      const { id: source } = await saveSource(client, answers)
      const view = await insertView(client)
      const widget = await insertWidget(client, { view_id: view, component_key: 'tank', config: { source } })
      await fetched(client, widget, { data: { level: 'high' } })
      expect(await dataOf(client, member, widget)).toMatchObject({
        meta: { error: { code: 'data_not_valid' } },
      })
      await age(client, '1 hour')
      await fetched(client, widget, { data: { level: 3 } })
      expect(await dataOf(client, member, widget)).toMatchObject({
        data: { level: 3 },
        meta: { error: null },
      })
    }),
  )
})

it(
  'an answer is held to the schema of its own component, in its own version',
  story(async (client) => {
    const version = (id: string, number: string, property: string) =>
      insertComponent(client, ours, {
        id,
        version: number,
        defaultConfig: {},
        configSchema: { type: 'object' },
        dataSchema: { type: 'object', required: [property] },
      })
    await version('aaa', '1.0.0', 'elsewhere')
    await version('tank', '1.0.0', 'before')
    await version('tank', '2.0.0', 'level')
    await version('zzz', '2.0.0', 'elsewhere')
    const { id: source } = await saveSource(client, answers)
    const view = await insertView(client)
    const of = async (number: string) =>
      insertWidget(client, {
        view_id: view,
        component_key: 'tank',
        component_version: number,
        config: { source },
      })
    for (const [number, data] of [
      ['1.0.0', { before: 1 }],
      ['2.0.0', { level: 1 }],
    ] as const) {
      const widget = await of(number)
      await fetched(client, widget, { data })
      expect(await dataOf(client, member, widget)).toMatchObject({ data, meta: { error: null } })
    }
  }),
)

describe('the database', () => {
  it(
    'answers itself what it knows: a static source, and the workspace',
    story(async (client) => {
      const { add, question } = await panel(client, answers)
      const answer = (hash: string) => call(client, service, 'widget_answer', [ours, hash])
      expect(await answer(question)).toEqual({ value: 42 })
      const about = async (query: object) =>
        answer(await questionOf(client, await add({ source: 'workspace', query })))
      expect(await about({ about: 'members' })).toEqual({ value: 3 })
      expect(await about({ about: 'usage' })).toMatchObject({ value: expect.any(Number) })
      expect(await clientError(about({ about: 'nothing' }))).toMatchObject({
        code: 'invalid_input',
        details: 'query.about',
      })
    }),
  )

  it(
    'forgets answers that nobody asks for, and the log after a month',
    story(async (client) => {
      const { widget, add } = await panel(client)
      const gone = await add({ query: { parameters: { days: 1 } } })
      for (const id of [widget, gone]) await fetched(client, id, { data: { value: 1 } })
      await client.query('delete from public.widgets where id = $1', [gone])
      // What another workspace asks is not asked here.
      const elsewhere = await insertWidget(client, {
        workspace_id: theirs,
        view_id: await insertView(client, { workspace_id: theirs }),
      })
      await client.query('set local session_replication_role = replica')
      await client.query(
        `update public.widgets w set question_hash = (
           select d.question_hash from private.widget_data d
           where d.workspace_id = $1 and d.question_hash not in (
             select x.question_hash from public.widgets x where x.workspace_id = $1 and x.question_hash is not null))
         where w.id = $2`,
        [ours, elsewhere],
      )
      await client.query('set local session_replication_role = origin')
      const kept = await client.query('select private.remove_unasked_widget_data() as n')
      expect(kept.rows).toEqual([{ n: '0' }])
      await age(client, '7 days')
      expect((await client.query('select private.remove_unasked_widget_data() as n')).rows).toEqual(kept.rows)
      await age(client, '1 second')
      expect((await client.query('select private.remove_unasked_widget_data() as n')).rows).toEqual([
        { n: '1' },
      ])
      expect(await dataOf(client, member, widget)).toBeDefined()
      await client.query("update private.widget_refreshes set refreshed_at = now() - interval '31 days'")
      await client.query('select private.maintain_widget_refreshes()')
      expect((await client.query('select from private.widget_refreshes')).rowCount).toBe(0)
    }),
  )

  it(
    'refuses nothing that an hour without partitions would write',
    story(async (client) => {
      const { widget } = await panel(client)
      const { rows } = await client.query(
        "select relname from pg_class where relname ~ '^widget_refreshes_\\d' and relkind = 'r'",
      )
      expect(rows.length).toBeGreaterThanOrEqual(8)
      for (const { relname } of rows) await client.query(`drop table private.${relname}`)
      await fetched(client, widget, { data: { value: 1 } })
      expect((await client.query('select from private.widget_refreshes_default')).rowCount).toBe(1)
      // What landed there keeps its own day from a partition, and no other.
      const days = async () => {
        await client.query('select private.maintain_widget_refreshes()')
        const made = await client.query(
          `select to_date(right(relname, 10), 'YYYY_MM_DD') - (now() at time zone 'UTC')::date as day from pg_class
           where relname ~ '^widget_refreshes_\\d' and relkind = 'r' order by 1`,
        )
        return made.rows.map(({ day }) => day)
      }
      await client.query(
        `insert into private.widget_refreshes (workspace_id, question_hash, source, outcome, milliseconds, bytes,
           refreshed_at)
         select workspace_id, question_hash, source, outcome, milliseconds, bytes, now() + d * interval '1 day'
         from private.widget_refreshes cross join unnest(array[-9, 4, 20]) as d`,
      )
      expect(await days()).toEqual([1, 2, 3, 5, 6, 7])
    }),
  )
})
