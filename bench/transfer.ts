import pg from 'pg'
import type { Stack } from '../local/stack.ts'
import { callAs } from './call-as.ts'
import type { Measurement } from './report.ts'
import { absolute } from './samples.ts'
import { widgetsOfViews } from './widgets-of-views.ts'

const ada = '00000000-0000-4000-8000-00000000ada0'
const views = 60
const widgetsPerView = 200

/** What a statement may take is eight seconds, on a machine that may be slower than this one. */
const mostMilliseconds = 4_000

/** A dashboard of 12,000 widgets, which goes from one workspace to another in as many parts as it takes. */
export async function measureTransfer(stack: Stack): Promise<Measurement[]> {
  const client = new pg.Client({ connectionString: stack.urls.database })
  await client.connect()
  try {
    const made = async (name: string) => {
      const { answer: workspace } = await callAs(client, ada, '(public.create_workspace($1)).id', [name])
      await client.query("select public.grant_plan($1, 'premium', now() + interval '1 day', 'A benchmark')", [
        workspace,
      ])
      return String(workspace)
    }
    const [from, into] = [await made('From'), await made('Into')]
    await client.query(fixture(from))
    await client.query('vacuum analyze public.dashboard_views, public.widgets')
    const exports: number[] = []
    const imports: number[] = []
    let moved = 0
    for (let after: string | null = null; ; ) {
      const part = await callAs(client, ada, 'public.export_dashboard_part($1, $2)', [from, after])
      exports.push(part.milliseconds)
      const { document, next } = part.answer
      moved += document.views.flatMap(
        (view: { layout: { widgets: unknown[] } }) => view.layout.widgets,
      ).length
      const arrived = await callAs(client, ada, 'public.import_dashboard($1, $2)', [
        into,
        JSON.stringify(document),
      ])
      imports.push(arrived.milliseconds)
      if (arrived.answer.skipped.length > 0)
        throw new Error(`A part did not arrive whole: ${JSON.stringify(arrived.answer.skipped[0])}`)
      if (next === null) break
      after = next
    }
    if (moved < views * widgetsPerView) throw new Error(`${moved} widgets were moved.`)
    return [
      absolute('a part of the export of 12,000 widgets, the longest in ms', exports, mostMilliseconds),
      absolute(
        "the import of 2,000 of a dashboard's 12,000 widgets, the longest in ms",
        imports,
        mostMilliseconds,
      ),
    ]
  } finally {
    await client.end()
  }
}

// Without the triggers, which would validate and version each row; what they keep stands in the rows.
const fixture = (workspace: string) => `
  alter table public.dashboard_views disable trigger user;
  alter table public.widgets disable trigger user;
  insert into public.dashboard_views (workspace_id, id, name, visibility, owner_id)
  select '${workspace}', ('f0000000-0000-4000-8000-' || lpad(v::text, 12, '0'))::uuid, 'Moved ' || v, 'workspace',
    '${ada}'
  from generate_series(1, ${views}) as v;
${widgetsOfViews("id::text like 'f0000000-%'", widgetsPerView)}
  alter table public.dashboard_views enable trigger user;
  alter table public.widgets enable trigger user;
`
