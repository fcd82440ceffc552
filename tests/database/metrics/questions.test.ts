import { describe, expect, it } from 'vitest'
import type { ComponentType } from '../../../types/component-data.ts'
import { clientError } from '../../support/database/act.ts'
import { ask, at, ingest, point } from '../../support/database/metrics.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { ours, theirs } from '../../support/people/cast.ts'

// Questions about metrics: what one may ask, and which time it is about.

const story = policySuite()

describe('a question', () => {
  it(
    'that is none is refused, and of a workspace that is not there',
    story(async (client) => {
      const refusal = async (type: ComponentType, query: unknown, workspace = ours) => {
        await client.query('savepoint asked')
        const error = await clientError(ask(client, type, query as Record<string, unknown>, { workspace }))
        await client.query('rollback to savepoint asked')
        return [error.code, error.details]
      }
      expect(await refusal('stats', {})).toEqual(['invalid_input', 'query.metric'])
      expect(await refusal('stats', { metric: '__proto__' })).toEqual(['invalid_input', 'query.metric'])
      expect(await refusal('stats', { metric: 'a', limit: 1e9 })).toEqual(['invalid_input', 'query.limit'])
      expect(await refusal('chart-line', { metric: 'a', interval: 'hour', period: '1y' })).toEqual([
        'invalid_input',
        'query.interval',
      ])
      expect(await refusal('chart-pie', { metric: 'a' })).toEqual(['invalid_input', 'query.breakdown'])
      expect(await refusal('stats', { metric: 'a' }, 'WK-00000000Y')).toEqual(['not_found', 'workspace_id'])
    }),
  )

  it.each([
    ['24h', 'none', 'UTC', '2026-03-14T11:00', '2026-03-15T10:30'],
    ['24h', 'previousPeriod', 'UTC', '2026-03-13T11:00', '2026-03-14T10:30'],
    ['24h', 'previousYear', 'UTC', '2025-03-14T11:00', '2025-03-15T10:30'],
    ['24h', 'none', 'Asia/Kolkata', '2026-03-14T11:30', '2026-03-15T10:30'],
    ['7d', 'none', 'UTC', '2026-03-09T00:00', '2026-03-15T10:30'],
    ['7d', 'previousPeriod', 'UTC', '2026-03-02T00:00', '2026-03-08T10:30'],
    ['7d', 'previousYear', 'UTC', '2025-03-09T00:00', '2025-03-15T10:30'],
    ['30d', 'none', 'UTC', '2026-02-14T00:00', '2026-03-15T10:30'],
    ['90d', 'none', 'UTC', '2025-12-16T00:00', '2026-03-15T10:30'],
    ['1y', 'none', 'UTC', '2025-03-16T00:00', '2026-03-15T10:30'],
    // Clocks there went forward on the 8th.
    ['7d', 'previousPeriod', 'America/New_York', '2026-03-02T05:00', '2026-03-08T10:30'],
  ])('of %s (%s, %s) is about its whole hours or days', (period, compare, timezone, from, to) =>
    story(async (client) => {
      const { rows } = await client.query(
        `select range_from = $3::timestamptz as begins_so, range_to - $4::timestamptz as more
         from private.metric_range($1, $2, '2026-03-15T10:30:00Z', $5)`,
        [period, compare, `${from}:00Z`, `${to}:00Z`, timezone],
      )
      expect(rows).toMatchObject([{ begins_so: true, more: { milliseconds: 0.001 } }])
    })(),
  )

  it.each<
    [type: 'chart-bar' | 'chart-line' | 'chart-pie' | 'list' | 'table' | 'activity-feed', usual: number]
  >([
    ['chart-bar', 10],
    ['chart-line', 5],
    ['chart-pie', 7],
    ['list', 10],
    ['table', 10],
    ['activity-feed', 10],
  ])('of %s is about 30 days and %i things, unless it says otherwise', (type, usual) =>
    story(async (client) => {
      await ingest(
        client,
        Array.from({ length: 12 }, (_, n) =>
          point({ value: n + 1, dimensions: { category: `Category ${n}` } }),
        ),
      )
      const breakdown = type === 'table' || type === 'activity-feed' ? {} : { breakdown: 'category' }
      const shown = async (query: object): Promise<unknown[]> => {
        const answer: Record<string, unknown> = await ask(client, type, {
          metric: 'revenue',
          ...breakdown,
          ...query,
        })
        const parts = { 'chart-bar': 'labels', 'chart-line': 'series', 'chart-pie': 'slices', list: 'items' }
        const part = { ...parts, table: 'rows', 'activity-feed': 'entries' }[type]
        return answer[part] as unknown[]
      }
      expect(await shown({})).toHaveLength(usual)
      expect(await shown({ limit: 3 })).toHaveLength(type === 'chart-pie' ? 4 : 3)
      // What is older is shown to who asks for it.
      await ingest(client, [point({ key: 'orders', time: at('40 days'), dimensions: { category: 'Old' } })])
      expect(await shown({ metric: 'orders' })).toEqual([])
      expect(await shown({ metric: 'orders', period: '90d' })).toHaveLength(1)
    })(),
  )

  it(
    'has a size of each part, and nothing beyond it',
    story(async (client) => {
      const text = (length: number) => 'a'.repeat(length)
      const columns = (length: number) => Array(length).fill({ key: 'id', label: 'Id', type: 'text' })
      const column = (change: object) => ({ columns: [{ ...columns(1)[0], ...change }] })
      const problemOf = async (query: object) =>
        (await client.query("select private.metric_query_problem($1) ->> 'path' as path", [query])).rows[0]
          .path
      for (const [allowed, refused, path] of [
        [{ metric: text(64) }, { metric: text(65) }, 'metric'],
        [{ per: text(64) }, { per: text(65) }, 'per'],
        [{ label: text(100) }, { label: text(101) }, 'label'],
        [{ breakdown: text(40) }, { breakdown: text(41) }, 'breakdown'],
        [{ sort: text(40) }, { sort: text(41) }, 'sort'],
        [{ limit: 1 }, { limit: 0 }, 'limit'],
        [{ limit: 200 }, { limit: 201 }, 'limit'],
        [{ columns: columns(1) }, { columns: [] }, 'columns'],
        [{ columns: columns(12) }, { columns: columns(13) }, 'columns'],
        [column({ key: text(40) }), column({ key: text(41) }), 'columns.0.key'],
        [column({ label: text(100) }), column({ label: text(101) }), 'columns.0.label'],
        [column({ type: 'moment' }), column({ type: 'date' }), 'columns.0.type'],
        [{ types: Array(20).fill('a') }, { types: Array(21).fill('a') }, 'types'],
        [{ types: [] }, { types: ['a', 5, 6] }, 'types.1'],
        [{ types: [] }, { types: 'a' }, 'types'],
        [{ interval: 'hour', period: '7d' }, { interval: 'hour' }, 'interval'],
        [{ interval: 'hour', period: '24h' }, { interval: 'hour', period: '30d' }, 'interval'],
        [{ aggregate: 'last' }, { aggregate: 'last', per: 'orders' }, 'per'],
      ] as const) {
        expect(await problemOf({ metric: 'a', ...allowed }), JSON.stringify(allowed)).toBeNull()
        expect(await problemOf({ metric: 'a', ...refused }), JSON.stringify(refused)).toBe(path)
      }
      const noColumn = await client.query("select private.metric_query_problem($1) ->> 'hint' as hint", [
        { metric: 'a', columns: ['customer'] },
      ])
      expect(noColumn.rows).toEqual([{ hint: 'Give {key, label, type}.' }])
      const { rows } = await client.query(
        `select n.wanted, private.is_larger_than(d.query, 8192) as is_larger,
           private.metric_query_problem(d.query) ->> 'path' as path
         from generate_series(8100, 8192) as n (wanted)
         cross join lateral (
           select jsonb_build_object('metric', 'a', 'types', jsonb_build_array(repeat('x', n.wanted)))
         ) as d (query)`,
      )
      expect(new Set(rows.map(({ is_larger }) => is_larger)).size).toBe(2)
      for (const row of rows) expect(row.path, row.wanted).toBe(row.is_larger ? '' : null)
    }),
  )

  it(
    'reads nothing of another workspace',
    story(async (client) => {
      await ingest(client, [point({ dimensions: { category: 'Ours' } })])
      for (const type of ['stats', 'chart-bar', 'table', 'list', 'activity-feed'] as const) {
        const breakdown = type === 'stats' || type === 'activity-feed' ? {} : { breakdown: 'category' }
        const answer = JSON.stringify(
          await ask(client, type, { metric: 'revenue', ...breakdown }, { workspace: theirs }),
        )
        expect(answer).not.toContain('Ours')
      }
      expect(await ask(client, 'stats', { metric: 'revenue' }, { workspace: theirs })).toMatchObject({
        value: null,
      })
    }),
  )
})
