import { expect, it } from 'vitest'
import { insertView, insertWidget } from '../../support/dashboards/view-rows.ts'
import { actAs, clientError } from '../../support/database/act.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { ids, member } from '../../support/people/cast.ts'

// Statements as PostgREST 12 to 14 write them; tests/api/product/embedding.test.ts has those of the embedded stack.

const story = policySuite()

const widgetsWithTheirView = (columns: string, joined = '') =>
  `WITH pgrst_source AS (
     SELECT "public"."widgets"."id", row_to_json("widgets_dashboard_views_1".*)::jsonb AS "dashboard_views"
     FROM "public"."widgets" LEFT JOIN LATERAL (
       SELECT ${columns} FROM "public"."dashboard_views" AS "dashboard_views_1" ${joined}
       WHERE "dashboard_views_1"."id" = "public"."widgets"."view_id" LIMIT 1000 OFFSET 0
     ) AS "widgets_dashboard_views_1" ON TRUE LIMIT 1000 OFFSET 0)
   SELECT coalesce(json_agg(_postgrest_t), '[]') AS body FROM (SELECT * FROM pgrst_source) _postgrest_t`

const theirWidgets = `LEFT JOIN LATERAL (
    SELECT json_agg("dashboard_views_widgets_2")::jsonb AS "dashboard_views_widgets_2"
    FROM (
      SELECT "widgets_2"."id" FROM "public"."widgets" AS "widgets_2"
      WHERE "widgets_2"."view_id" = "dashboard_views_1"."id" LIMIT 1000 OFFSET 0
    ) AS "dashboard_views_widgets_2"
  ) AS "dashboard_views_widgets_2" ON TRUE`

it(
  'a statement of PostgREST reads a table with another, and not within itself',
  story(async (client) => {
    const view_id = await insertView(client, { owner_id: ids.member })
    const id = await insertWidget(client, { view_id })
    const { rows } = await actAs(client, member, widgetsWithTheirView('"dashboard_views_1"."id"'))
    expect(rows).toEqual([{ body: [{ id, dashboard_views: { id: view_id } }] }])
    const columns = `COALESCE("dashboard_views_widgets_2"."dashboard_views_widgets_2", '[]') AS "widgets"`
    const within = clientError(actAs(client, member, widgetsWithTheirView(columns, theirWidgets)))
    expect(await within).toMatchObject({ status: 400, code: 'invalid_input', details: 'select' })
    // What a client calls a column is no table.
    const named = `"dashboard_views_1"."name" AS "x FROM ""public"".""widgets"" AS ""widgets_9"""`
    expect((await actAs(client, member, widgetsWithTheirView(named))).rows).toHaveLength(1)

    const padded = (bytes: number) =>
      actAs(client, member, widgetsWithTheirView('"dashboard_views_1"."id"').padEnd(bytes))
    expect((await padded(16_384)).rows).toHaveLength(1)
    expect(await clientError(padded(16_385))).toMatchObject({ code: 'invalid_input', details: 'select' })
    // What joins nothing in is as long as it likes.
    expect((await actAs(client, member, 'select id from public.widgets'.padEnd(20_000))).rows).toEqual([
      { id },
    ])
  }),
)
