import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { panelOf, panelSuite } from '../../support/dashboards/panels.ts'
import { answers, saveSource } from '../../support/dashboards/widget-data.ts'
import { type Actor, clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { member, viewer } from '../../support/people/cast.ts'

// What get_widget_data gives as of a time.

const withPanels = panelSuite()

const minutesFromNow = (minutes: number) => new Date(Date.now() + minutes * 60_000)
const asOf = (client: pg.Client, actor: Actor, widget: string, time: Date) =>
  call(client, actor, 'get_widget_data', [null, [widget], time])

describe('who asks as of a time', () => {
  it(
    'asks for none that is to come, and for the past of metrics alone',
    withPanels(async (client) => {
      const widget = await panelOf(client, (await saveSource(client, answers)).id)
      expect(await clientError(asOf(client, member, widget, minutesFromNow(1)))).toMatchObject({
        details: 'as_of',
      })
      expect(await asOf(client, member, widget, minutesFromNow(-1))).toMatchObject({
        [widget]: { data: null, meta: { error: { code: 'not_found' } } },
      })
    }),
  )

  it(
    'is told that the metrics are not for them rather than what is wrong with the question',
    withPanels(async (client) => {
      const wrong = await panelOf(client, 'metrics', { query: { metric: 'revenue', agregate: 'sum' } })
      const told = (actor: Actor) => asOf(client, actor, wrong, minutesFromNow(-1))
      expect(await told(member)).toMatchObject({
        [wrong]: { data: null, meta: { error: { code: 'invalid_input', details: 'query.agregate' } } },
      })
      const error = { code: 'permission_denied', message: 'This data is not for your role.' }
      expect(await told(viewer)).toEqual({
        [wrong]: { data: null, meta: expect.objectContaining({ error }) },
      })
    }),
  )
})
