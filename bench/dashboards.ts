import pg from 'pg'
import type { Stack } from '../local/stack.ts'
import { measuredPerson, measuredWorkspaces, sessionOfMeasuredPerson } from './people.ts'
import type { Measurement } from './report.ts'
import { absolute, relative, sampled, sampledBeside } from './samples.ts'
import { settled } from './settled.ts'
import { widgetsOfViews } from './widgets-of-views.ts'

const times = { rounds: 500, warmUp: 50 }
const widgetsPerView = 20
/** One of the measured person's workspaces, and a view in it that is shared with everyone there. */
const workspace = 'WK-P00000003'
const view = 'd0000003-0000-4000-8000-000000000001'

/**
 * What a person waits for who opens, saves and lists dashboards among 1,000,000 widgets in 10,000 workspaces, on a
 * database that `fillWithPeople` has filled. Each workspace has two shared views and three personal ones.
 */
export async function measureDashboards(stack: Stack): Promise<Measurement[]> {
  const client = new pg.Client({ connectionString: stack.urls.database })
  await client.connect()
  const person = await sessionOfMeasuredPerson(stack.urls.database)
  try {
    await client.query(fixture)
    await client.query(
      'vacuum analyze public.dashboard_views, public.widgets, private.view_versions, public.preferences',
    )
    await settled(client)
    const save = await saverOf(person)
    return [
      ...(await measureLoad(client, person)),
      absolute('save_layout() of 20 changed widgets, p95 in ms', await sampled(times, save), 15),
      await measureTold(client, save),
      await measureList(person),
    ]
  } finally {
    await Promise.all([client.end(), person.end()])
  }
}

/** A view with its theme and the preferences, beside the same document put together with nothing asked. */
async function measureLoad(client: pg.Client, person: pg.Client): Promise<Measurement[]> {
  const load = async (session: pg.Client, name: string, text: string, values: unknown[]) => {
    const { milliseconds, document } = await timed(session, name, text, values)
    if (widgetsOf(document) !== widgetsPerView)
      throw new Error(`The view came with ${widgetsOf(document)} widgets.`)
    return milliseconds
  }
  const samples = await sampledBeside(
    times,
    () => load(client, 'unchecked', unboundLoad, [workspace, view, measuredPerson]),
    () => load(person, 'load', 'select public.get_dashboard($1, $2) as document', [workspace, view]),
  )
  return [
    absolute('get_dashboard(): a view of 20 widgets with its theme, p95 in ms', samples.figure, 10),
    relative('the same, beside no row-level security', samples, 1.3),
  ]
}

/** Saves in which every widget changed, each from the version that the last one made. */
async function saverOf(person: pg.Client): Promise<() => Promise<number>> {
  const { document } = await timed(person, 'view', 'select public.get_view($1) as document', [view])
  let current = document as { version: number; layout: { widgets: { position: { y: number } }[] } }
  return async () => {
    for (const widget of current.layout.widgets) widget.position.y = (widget.position.y + 1) % 100
    const saved = await timed(person, 'save', 'select public.save_layout($1, $2, $3) as document', [
      view,
      JSON.stringify(current.layout),
      current.version,
    ])
    const next = saved.document as typeof current
    if (next.version !== current.version + 1)
      throw new Error(`Version ${next.version} followed ${current.version}.`)
    current = next
    return saved.milliseconds
  }
}

/** A save in a workspace that nobody watches, beside one of which nobody is told. */
async function measureTold(client: pg.Client, save: () => Promise<number>): Promise<Measurement> {
  // Each time for many saves: what changes a table has every plan about it made anew.
  const samples = { limit: [] as number[], figure: [] as number[] }
  for (let turn = 0; turn < 3; turn += 1)
    for (const [kind, does] of [
      ['limit', 'disable'],
      ['figure', 'enable'],
    ] as const) {
      await client.query(`
        alter table private.view_versions ${does} trigger view_versions_broadcast;
        alter table public.dashboard_views ${does} trigger dashboard_views_broadcast`)
      samples[kind].push(...(await sampled({ rounds: 60, warmUp: 20 }, save)))
    }
  return relative('the same with its live message, beside one without', samples, 1.2)
}

async function measureList(person: pg.Client): Promise<Measurement> {
  const samples = await sampled(times, async () => {
    const { document, milliseconds } = await timed(
      person,
      'list',
      'select public.list_views($1) as document',
      [workspace],
    )
    if (!Array.isArray(document) || document.length !== 3) throw new Error('The list has not three views.')
    return milliseconds
  })
  return absolute('list_views(), p95 in ms', samples, 5)
}

async function timed(
  client: pg.Client,
  name: string,
  text: string,
  values: unknown[],
): Promise<{ milliseconds: number; document: unknown }> {
  const begun = performance.now()
  const { rows } = await client.query<{ document: unknown }>({ name, text, values })
  return { milliseconds: performance.now() - begun, document: rows[0]?.document }
}

function widgetsOf(document: unknown): number {
  return (document as { view: { layout: { widgets: unknown[] } } }).view.layout.widgets.length
}

const unboundLoad = `
  select jsonb_build_object(
    'view', to_jsonb(v) || jsonb_build_object('layout', l.layout),
    'components', private.components_shown(v.workspace_id, l.layout -> 'widgets'),
    'theme', private.theme_document(b.key, b.name, b.version, b.colors, b.radius, b.metadata),
    'preferences', (
      select private.preferences_document(p) from public.preferences p
      where p.workspace_id = v.workspace_id and p.user_id = $3
    )
  ) as document
  from public.dashboard_views v
  cross join lateral (select private.view_layout(v) as layout) as l
  join public.built_in_themes b on b.key = 'default'
  where v.workspace_id = $1 and v.id = $2`

// Without the triggers, which would validate and version every row of the million; what they keep stands in the rows.
const fixture = `
  alter table public.dashboard_views disable trigger user;
  alter table public.widgets disable trigger user;
  insert into public.dashboard_views (workspace_id, id, name, visibility, owner_id)
    select 'WK-P' || lpad(w::text, 8, '0'),
      ('d' || lpad(w::text, 7, '0') || '-0000-4000-8000-' || lpad(v::text, 12, '0'))::uuid,
      'View ' || v,
      case when v <= 2 then 'workspace' else 'personal' end,
      case when v = 3 and w <= ${measuredWorkspaces} then '${measuredPerson}'::uuid else m.user_id end
    from generate_series(1, 10000) as w
    cross join generate_series(1, 5) as v
    cross join lateral (
      select user_id from public.workspace_members
      where workspace_id = 'WK-P' || lpad(w::text, 8, '0') and user_id <> '${measuredPerson}' limit 1
    ) as m;
${widgetsOfViews("workspace_id like 'WK-P%'", widgetsPerView)}
  alter table public.dashboard_views enable trigger user;
  alter table public.widgets enable trigger user;
`
