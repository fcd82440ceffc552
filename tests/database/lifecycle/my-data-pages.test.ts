import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { type MyDataPage, myDataPageSchema, myDataPages, myDataPartsSchema } from '../../../types/my-data.ts'
import { answerOf } from '../../../types/rpc-client.ts'
import { fullViewBytes, insertFullViews, pastTriggers } from '../../support/dashboards/full-views.ts'
import { type Actor, clientError } from '../../support/database/act.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { listOf, rpcAs } from '../../support/database/rpc.ts'
import { putAvatar } from '../../support/people/account.ts'
import { admin, ids, member, ours } from '../../support/people/cast.ts'
import { matrixCast } from '../matrix/cast.ts'

const story = policySuite()
const everything = policySuite(matrixCast)

const enoughBytes = 1_048_576
const mostRows = 500

const pageOf = async (client: pg.Client, actor: Actor, part: string, after?: string) =>
  myDataPageSchema.parse(
    await answerOf(rpcAs(client, actor), 'export_my_data', { part, ...(after !== undefined && { after }) }),
  )

const idsOf = (pages: MyDataPage[]) => pages.flatMap(({ rows }) => rows.map(({ id }) => id))

/** Views that a person made, all in one moment; returns their ids. */
async function insertViews(client: pg.Client, owner: string, count: number): Promise<string[]> {
  const rows = await pastTriggers<{ id: string }>(
    client,
    'dashboard_views',
    `insert into public.dashboard_views (workspace_id, name, visibility, owner_id, created_by)
     select $1, 'A view', 'personal', $2, $2 from generate_series(1, $3::integer)
     returning id`,
    [ours, owner, count],
  )
  return rows.map(({ id }) => id)
}

describe('the data of somebody with much of it', () => {
  it(
    'comes complete however much it is, a large row a page',
    story(async (client) => {
      const made = await insertFullViews(client, ids.member, 8)
      const arrived: unknown[] = []
      for await (const { rows } of myDataPages(rpcAs(client, member), 'views')) {
        expect(rows.length).toBeLessThanOrEqual(1)
        for (const row of rows) expect(JSON.stringify(row).length).toBeGreaterThan(fullViewBytes)
        arrived.push(...rows.map(({ id }) => id))
      }
      expect(arrived).toEqual(made)
    }),
  )

  it(
    'comes in pages of at most 500 rows, each row once',
    story(async (client) => {
      await client.query(
        `insert into public.audit_log (workspace_id, actor_id, actor_type, action, table_name, row_id, changes, ip)
         select (array['WK-000000001', 'WK-000000002'])[1 + n % 2], $1, 'user', 'update', 'themes', n::text, '{}',
           ('10.0.' || n / 250 || '.' || n % 250)::inet
         from generate_series(1, 1100) as n`,
        [ids.member],
      )
      const pages = await listOf(myDataPages(rpcAs(client, member), 'audit'))
      expect(pages.map(({ rows }) => rows.length)).toEqual([mostRows, mostRows, 100])
      expect(new Set(pages.flatMap(({ rows }) => rows.map(({ ip }) => ip))).size).toBe(1_100)
    }),
  )

  it(
    'comes in pages that end with the row that makes them 1 MiB',
    story(async (client) => {
      const made = await insertFullViews(client, ids.member, 5)
      await pastTriggers(client, 'widgets', 'delete from public.widgets where y > 30')
      const pages = await listOf(myDataPages(rpcAs(client, member), 'views'))
      expect(pages.map(({ rows }) => rows.length)).toEqual([3, 2])
      const lengths = pages.map(({ rows }) => JSON.stringify(rows).length)
      expect(lengths.map((length) => length > enoughBytes)).toEqual([true, false])
      expect(JSON.stringify(pages[0]?.rows.slice(0, -1)).length).toBeLessThan(enoughBytes)
      expect(idsOf(pages)).toEqual(made)
    }),
  )

  it(
    'loses and repeats nothing where rows come and go between two pages',
    story(async (client) => {
      const made = await insertViews(client, ids.member, mostRows + 10)
      const first = await pageOf(client, member, 'views')
      const last = first.rows.at(-1)?.id
      const gone = made.find((id) => !first.rows.some((row) => row.id === id))
      await client.query('delete from public.dashboard_views where id = any ($1)', [
        [first.rows[0]?.id, last, gone],
      ])
      const [late] = await insertViews(client, ids.member, 1)
      await client.query(
        "update public.dashboard_views set created_at = now() + interval '1 second' where id = $1",
        [late],
      )
      await client.query("set local timezone = 'Asia/Kathmandu'")
      const second = await pageOf(client, member, 'views', first.next ?? '')
      expect(second.next).toBeNull()
      const expected = [...made.filter((id) => id !== gone), late]
      expect(idsOf([first, second]).toSorted()).toEqual(expected.toSorted())
    }),
  )

  it(
    'takes as long for its last page as for its first',
    story(async (client) => {
      await client.query(
        `insert into public.audit_log (workspace_id, actor_id, actor_type, action, table_name, row_id, changes)
         select 'WK-000000001', $1, 'user', 'update', 'themes', n::text, '{}' from generate_series(1, 20000) as n`,
        [ids.member],
      )
      await client.query('analyze public.audit_log')
      const pages = await listOf(myDataPages(rpcAs(client, member), 'audit'))
      const places = [undefined, pages.at(-2)?.next ?? '']
      const read = async (after?: string) => {
        const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: { 'Shared Hit Blocks': number } }] }>(
          `explain (analyze, buffers, format json)
           select private.page_of(private.export_audit($1, $2)) as page`,
          [ids.member, after],
        )
        return rows[0]?.['QUERY PLAN'][0].Plan['Shared Hit Blocks'] ?? Number.NaN
      }
      const [first = 0, final = 0] = [await read(places[0]), await read(places[1])]
      expect(final).toBeLessThan(first * 1.5 + 50)
    }),
  )
})

describe('a place in somebody’s data', () => {
  it(
    'leads another person to nothing but their own',
    story(async (client) => {
      const theirs = await insertViews(client, ids.admin, mostRows + 10)
      const { next } = await pageOf(client, admin, 'views')
      expect(next).toContain(theirs.find((id) => next?.includes(id)))
      expect(await pageOf(client, member, 'views', next ?? '')).toEqual({
        part: 'views',
        rows: [],
        next: null,
      })

      const mine = await insertViews(client, ids.member, 3)
      const lowest = JSON.stringify(['-infinity', ids.admin])
      expect(idsOf([await pageOf(client, member, 'views', lowest)]).toSorted()).toEqual(mine.toSorted())
    }),
  )

  it(
    'leads to what comes after it, and to nothing before, in every part',
    everything(async (client) => {
      const { parts } = myDataPartsSchema.parse(await answerOf(rpcAs(client, member), 'export_my_data'))
      for (const name of ['one', 'other']) await putAvatar(client, `${ids.member}/${name}.png`)
      await client.query('update public.component_versions set published_by = $1', [ids.member])
      await client.query('update private.view_versions set saved_by = $1', [ids.member])
      const placesOf = async (part: string, person: string, after: string | null) => {
        const name = part.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
        const { rows: opened } = await client.query<{ cursor: string }>(
          `select private.export_${name}($1, $2) as cursor`,
          [person, after],
        )
        const cursor = opened[0]?.cursor ?? ''
        const { rows } = await client.query({ text: `fetch all in "${cursor}"`, rowMode: 'array' })
        await client.query(`close "${cursor}"`)
        // A part that is one row has no places.
        return rows.map(([place]) => JSON.stringify(place)).filter((place) => place !== '[]')
      }
      const met = new Set<string>()
      for (const person of [ids.admin, ids.member, ids.viewer])
        for (const part of parts) {
          const places = await placesOf(part, person, null)
          for (const [index, place] of places.entries())
            expect(await placesOf(part, person, place), part).toEqual(places.slice(index + 1))
          if (places.length > 0) met.add(part)
        }
      expect([...met]).toEqual(
        expect.arrayContaining([
          'preferences',
          'themes',
          'views',
          'viewVersions',
          'shares',
          'components',
          'files',
        ]),
      )
    }),
  )

  it(
    'is refused where it is none of that part, in every part',
    story(async (client) => {
      const { parts } = myDataPartsSchema.parse(await answerOf(rpcAs(client, member), 'export_my_data'))
      const broken = ['', 'next', '{}', '[]', 'null', '"x"', '[null]', '[1, 2, 3, 4]', '["\\u0000"]']
      const others = [JSON.stringify(['a', 'b', 'c', 'd']), `["${'x'.repeat(10_000)}"]`, '['.repeat(8_000)]
      for (const part of parts)
        for (const after of [...broken, ...others])
          expect(await clientError(pageOf(client, member, part, after)), `${part} ${after}`).toMatchObject({
            status: 400,
            code: 'invalid_input',
            details: 'after',
          })
    }),
  )

  it(
    'is refused without a part, and so is a part that there is not',
    story(async (client) => {
      const ask = (args: object) => clientError(answerOf(rpcAs(client, member), 'export_my_data', args))
      expect(await ask({ after: '["x"]' })).toMatchObject({ code: 'invalid_input', details: 'after' })
      for (const part of ['', 'secrets', 'Views', 'x'.repeat(100_000)])
        expect(await ask({ part })).toMatchObject({ code: 'invalid_input', details: 'part' })
    }),
  )
})
