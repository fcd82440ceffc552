import type pg from 'pg'
import type { DataSourceInput, StoredDataSource } from '../../../types/data-source.ts'
import { storedDataSourceSchema } from '../../../types/data-source.ts'
import {
  storedAnswersSchema,
  type WidgetAnswer,
  type WidgetClaim,
  widgetClaimSchema,
  widgetDataSchema,
  widgetsToRefreshSchema,
} from '../../../types/widget-data.ts'
import { type Actor, service } from '../database/act.ts'
import { call } from '../database/call.ts'
import { admin, ours } from '../people/cast.ts'
import { insertComponent } from './components.ts'
import { insertView, insertWidget } from './view-rows.ts'

/** An endpoint that a workspace might ask. */
export const shop: DataSourceInput = {
  kind: 'http_json',
  name: 'Shop',
  url: 'https://shop.example.com/sales?key=k',
  headers: { Authorization: 'Bearer s3cret' },
  mapping: '{"value": total}',
  parameters: ['days'],
}

/** A source that says one thing. */
export const answers: DataSourceInput = { kind: 'static', name: 'Answers', data: { value: 42 } }

/** Saves a data source of `ours`, as its admin unless it says otherwise. */
export const saveSource = async (
  client: pg.Client,
  document: unknown,
  { actor = admin, id, version, workspace = ours }: Partial<Saving> = {},
): Promise<StoredDataSource> =>
  storedDataSourceSchema.parse(
    await call(client, actor, 'save_data_source', [workspace, JSON.stringify(document), id, version]),
  )

interface Saving {
  actor: Actor
  id: string
  version: number
  workspace: string
}

/** What a view shows to an actor, by instance id. */
export const dataOfView = async (client: pg.Client, actor: Actor, viewId: string) =>
  widgetDataSchema.parse(await call(client, actor, 'get_widget_data', [viewId]))

/** What a widget shows to an actor; undefined where they do not see it. */
export const dataOf = async (
  client: pg.Client,
  actor: Actor,
  widgetId: string,
): Promise<WidgetAnswer | undefined> =>
  widgetDataSchema.parse(await call(client, actor, 'get_widget_data', [null, [widgetId]]))[widgetId]

/** The questions of widgets that are due, as an actor finds them. */
export const dueOf = async (client: pg.Client, actor: Actor, widgetIds: string[], isForced = false) =>
  widgetsToRefreshSchema.parse(await call(client, actor, 'widgets_to_refresh', [null, widgetIds, isForced]))
    .questions

/** Takes questions as the server. */
export const claim = async (
  client: pg.Client,
  questions: string[],
  isForced = false,
): Promise<WidgetClaim[]> =>
  widgetClaimSchema
    .array()
    .parse(await call(client, service, 'claim_widget_questions', [ours, questions, isForced]))

/** Keeps an answer or a failure as the server. */
export const store = async (client: pg.Client, { question, lease }: WidgetClaim, outcome: Outcome) =>
  storedAnswersSchema.parse(
    await call(client, service, 'store_widget_data', [
      ours,
      JSON.stringify([{ question, lease, milliseconds: 5, bytes: 10, ...outcome }]),
    ]),
  )

type Outcome = { data: object } | { error: { code: string; message: string } }
export const failed: Outcome = {
  error: { code: 'source_failed', message: 'The data source could not be asked.' },
}

/** What a widget asks; null for nothing. */
export const questionOf = async (client: pg.Client, widgetId: string): Promise<string> =>
  (await client.query('select question_hash from public.widgets where id = $1', [widgetId])).rows[0]
    ?.question_hash

/** Fetches what a widget shows, as the server. */
export async function fetched(client: pg.Client, widgetId: string, outcome: Outcome): Promise<void> {
  const [taken] = await claim(client, [await questionOf(client, widgetId)])
  if (!taken) throw new Error('Somebody else fetches it, or it is not due.')
  await store(client, taken, outcome)
}

/** Moves all that was fetched into the past. */
export const age = (client: pg.Client, interval: string) =>
  client.query(
    `update private.widget_data
     set fetched_at = fetched_at - $1::interval, fresh_until = fresh_until - $1::interval,
       stale_until = stale_until - $1::interval, retry_at = retry_at - $1::interval,
       leased_until = leased_until - $1::interval, asked_at = asked_at - $1::interval`,
    [interval],
  )

/** A widget of a source, with the view that it is in. */
export async function panel(client: pg.Client, document: object = shop) {
  await insertComponent(client, ours, { id: 'panel', defaultConfig: {}, configSchema: { type: 'object' } })
  const { id: source } = await saveSource(client, document)
  const view = await insertView(client)
  const add = (config: object = {}) =>
    insertWidget(client, { view_id: view, component_key: 'panel', config: { source, ...config } })
  const widget = await add()
  return { source, view, widget, add, question: await questionOf(client, widget) }
}
