import { answer, writeRow } from '../calls.ts'
import type { ComponentFile } from '../documents.ts'
import type { Entry } from '../folder.ts'
import { changedPaths } from '../json.ts'
import { missingSources } from './sources.ts'
import {
  type Conflict,
  type Context,
  compare,
  isToBeMarked,
  markDetail,
  markOf,
  nothing,
  type Part,
  type Step,
} from './step.ts'

/** The versions of components, a file each. A version that is published never changes, and a higher one follows. */
export function planComponents(context: Context): Part {
  const { client, folder, remote, options } = context
  if (!folder.components) return nothing
  const workspace_id = remote.workspace.id
  const { created, kept, gone } = compare('components', folder.components, remote.components)
  const wanted = new Set(folder.components.map(({ document }) => document.id))
  const conflicts: Conflict[] = []
  const steps: Step[] = []

  for (const { entry, thing, isChanged } of kept)
    if (isChanged)
      conflicts.push({
        subject: entry.file,
        message:
          `Version ${entry.document.version} of ${entry.document.id} is published with other content ` +
          `(${changedPaths(thing.document, entry.document).join(', ')}): ` +
          'a version never changes, so give it a higher one.',
      })
  for (const { file, document } of [...created].sort(byVersion)) {
    const message = whyNotPublished(document, remote.components)
    if (message) conflicts.push({ subject: file, message })
    steps.push({
      action: 'create',
      subject: file,
      details: [],
      async run() {
        await answer(client.rpc('publish_component', { workspace_id, document }), file)
        if (options.managed !== undefined) await mark(context, document.id, file)
        return undefined
      },
    })
  }

  const marked = new Map(
    kept
      .filter(({ thing }) => isToBeMarked(options, thing))
      .map(({ entry }) => [entry.document.id, entry.file] as const),
  )
  for (const [key, file] of marked) {
    const run = async () => mark(context, key, file)
    steps.push({ action: 'change', subject: file, details: [markDetail(options)], run })
  }

  const gonesKeys = new Set(gone.map(({ document }) => document.id).filter((key) => !wanted.has(key)))
  const deletions = [...gonesKeys].map((key): Step => {
    const subject = `components: ${key}`
    const run = async () => {
      await answer(client.rpc('delete_component', { workspace_id, key }), subject)
      return undefined
    }
    return { action: 'delete', subject, details: [], run }
  })
  const asking = folder.components.map(({ file, document }) => ({
    file,
    configs: [['defaultConfig', document.defaultConfig] as [string, Record<string, unknown>]],
  }))
  return { steps, deletions, conflicts, warnings: missingSources(context, asking) }
}

async function mark({ client, remote, options }: Context, key: string, file: string): Promise<undefined> {
  const workspace_id = remote.workspace.id
  await writeRow(
    client.from('components').update(markOf(options)).match({ workspace_id, key }).select('key'),
    file,
  )
}

function whyNotPublished(
  document: ComponentFile,
  published: { document: ComponentFile }[],
): string | undefined {
  const before = published.map((thing) => thing.document).filter(({ id }) => id === document.id)
  if (before.some(({ type }) => type !== document.type))
    return 'The type of a component cannot change, since dashboards rely on what it shows: give it another id.'
  const higher = before.find(({ version }) => compareVersions(version, document.version) > 0)
  if (higher)
    return `Version ${document.version} cannot be published after ${higher.version}: give it a higher one.`
  return undefined
}

function byVersion(one: Entry<ComponentFile>, other: Entry<ComponentFile>): number {
  if (one.document.id !== other.document.id) return one.document.id < other.document.id ? -1 : 1
  return compareVersions(one.document.version, other.document.version)
}

function compareVersions(one: string, other: string): number {
  const [left, right] = [one.split('.').map(Number), other.split('.').map(Number)]
  const place = left.findIndex((number, index) => number !== right[index])
  return place === -1 ? 0 : (left[place] ?? 0) - (right[place] ?? 0)
}
