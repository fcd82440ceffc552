import { expect, it } from 'vitest'
import { exportDashboard, importDashboard } from '../../../types/dashboard-export.ts'
import { mostExportedWidgets } from '../../../types/transfer.ts'
import { insertFullViews } from '../../support/dashboards/full-views.ts'
import { layoutOf, widget } from '../../support/dashboards/layouts.ts'
import {
  countOf,
  dashboardOf,
  everythingWritten,
  exportDashboard as exportWhole,
  importDashboard as importOne,
} from '../../support/dashboards/transfer.ts'
import { clientError } from '../../support/database/act.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { listOf, rpcAs } from '../../support/database/rpc.ts'
import { ids, member, ours, outsider, theirs } from '../../support/people/cast.ts'

// More widgets than an import makes in the time of a statement, though few bytes: `member` exports them, and `outsider`
// imports them into a workspace of their own.

const story = onPremium(policySuite())

const neverCalled = () => expect.unreachable()

/** How long a statement of somebody who is signed in may take. */
const patience = "set local statement_timeout = '8s'"

it(
  'come in parts of at most 2,000, each of which is imported in time',
  story(async (client) => {
    const views = await insertFullViews(client, ids.member, 11, 10)
    expect(await clientError(exportWhole(client, member))).toMatchObject({
      status: 409,
      code: 'conflict',
      hint: expect.stringContaining('export_dashboard_part'),
    })
    const parts = await listOf(exportDashboard(rpcAs(client, member), ours, neverCalled))
    expect(parts.map((part) => part.views.map(({ id }) => id))).toEqual([views.slice(0, 10), views.slice(10)])

    await client.query(patience)
    const before = await countOf(client, 'widgets')
    const reports = await listOf(importDashboard(rpcAs(client, outsider), theirs, parts))
    expect(reports.map((report) => [report.views.length, report.skipped])).toEqual([
      [10, []],
      [1, []],
    ])
    expect(await countOf(client, 'widgets')).toBe(before + 2200)
  }),
  60_000,
)

it(
  'in one document are refused before anything is done',
  story(async (client) => {
    const ofWidgets = (...counts: number[]) =>
      dashboardOf({
        views: counts.map((length, place) => ({
          id: `view-${place}`,
          name: 'Many',
          layout: layoutOf(...Array.from({ length }, () => widget())),
        })),
        preferences: { theme_mode: 'dark' },
      })
    const full = Array.from({ length: mostExportedWidgets / 200 }, () => 200)
    const before = await everythingWritten(client)
    expect(await clientError(importOne(client, outsider, ofWidgets(...full, 1), theirs))).toMatchObject({
      status: 400,
      code: 'invalid_input',
      details: 'views',
      hint: expect.stringContaining('export_dashboard_part'),
    })
    expect(await everythingWritten(client)).toEqual(before)
  }),
)
