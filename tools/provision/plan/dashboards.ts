import { z } from 'zod'
import type { Widget } from '../../../types/layout.ts'
import { answer, writeRow } from '../calls.ts'
import type { DashboardFile } from '../documents.ts'
import { changedPaths } from '../json.ts'
import { byIdentity } from '../kinds.ts'
import { making } from './making.ts'
import { missingSources } from './sources.ts'
import {
  type Context,
  compare,
  isToBeMarked,
  markDetail,
  markOf,
  nothing,
  type Part,
  type Step,
} from './step.ts'

const madeView = z.object({ id: z.string() })

/** The views that are shared with the whole workspace. */
export function planDashboards(context: Context): Part {
  const { client, folder, remote, options } = context
  if (!folder.dashboards) return nothing
  const workspace_id = remote.workspace.id
  const present = byIdentity('dashboards', remote.dashboards)
  const files = [...byIdentity('dashboards', folder.dashboards)].map(([identity, { file, document }]) => ({
    file,
    document: withVersions(document, present.get(identity)?.document),
  }))
  const { created, kept, gone } = compare('dashboards', files, remote.dashboards)
  const make = making(context, 'dashboards')
  const remove = (view_id: string, subject: string) => answer(client.rpc('delete_view', { view_id }), subject)
  const steps: Step[] = []

  for (const { file, document } of created)
    steps.push({
      action: 'create',
      subject: file,
      details: [],
      async run() {
        const view = { workspace_id, ...document, visibility: 'workspace' }
        const id = await make({
          file,
          name: document.name,
          create: async () => madeView.parse(await answer(client.rpc('create_view', view), file)).id,
          remove: (made) => remove(made, file),
        })
        if (options.managed) await mark(context, id, file)
        return undefined
      },
    })
  for (const { entry, thing, isChanged } of kept) {
    const { file, document } = entry
    const details = changedPaths(thing.document, document)
    const isMarked = isToBeMarked(options, thing)
    if (isMarked) details.push(markDetail(options))
    if (details.length === 0) continue
    steps.push({
      action: 'change',
      subject: file,
      details,
      async run() {
        // A change since it was read is kept where it touches something else, and a conflict where it does not.
        const save = { view_id: thing.id, document, expected_version: thing.version }
        if (isChanged) await answer(client.rpc('save_view', save), file)
        if (isMarked) await mark(context, thing.id, file)
        return undefined
      },
    })
  }
  const deletions = gone.map(({ id, document }): Step => {
    const subject = `dashboards: ${document.name}`
    const run = async () => {
      await remove(id, subject)
      return undefined
    }
    return { action: 'delete', subject, details: [], run }
  })
  const asking = files.map(({ file, document }) => ({
    file,
    configs: document.layout.widgets.map(({ instanceId, config }): [string, Record<string, unknown>] => [
      `widget ${instanceId}`,
      config,
    ]),
  }))
  return { ...nothing, steps, deletions, warnings: missingSources(context, asking) }
}

async function mark({ client, remote, options }: Context, id: string, file: string): Promise<void> {
  const workspace_id = remote.workspace.id
  await writeRow(
    client.from('dashboard_views').update(markOf(options)).match({ workspace_id, id }).select('id'),
    file,
  )
}

/** A widget that names no version of its component keeps the one that it has. */
function withVersions(document: DashboardFile, before: DashboardFile | undefined): DashboardFile {
  const known = new Map(before?.layout.widgets.map((widget) => [widget.instanceId, widget]))
  const widgets = document.layout.widgets.map((widget): Widget => {
    const { widgetId, componentVersion } = known.get(widget.instanceId) ?? {}
    if (widget.componentVersion || !componentVersion || widgetId !== widget.widgetId) return widget
    return { ...widget, componentVersion }
  })
  return { ...document, layout: { ...document.layout, widgets } }
}
