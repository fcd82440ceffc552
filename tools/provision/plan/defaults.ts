import { answer } from '../calls.ts'
import { fileError } from '../errors.ts'
import { defaultsFile } from '../folder.ts'
import { byNameAndPlace } from '../kinds.ts'
import { readNames } from '../remote-defaults.ts'
import { type Conflict, type Context, nothing, type Part, type Step } from './step.ts'

type Kind = 'themes' | 'dashboards'

/** What people see who have chosen nothing: the theme, and the view of all roles or of one. */
export function planDefaults(context: Context): Part {
  const { client, folder, remote } = context
  if (!folder.defaults) return nothing
  const workspace_id = remote.workspace.id
  const { theme, view, roles } = folder.defaults

  const setTheme = async (file: string | null) => {
    const theme_id = file?.includes('/') ? await idOf(context, 'themes', file) : file
    await answer(client.rpc('set_default_theme', { workspace_id, theme_id }), defaultsFile)
  }
  const setView = async (file: string | null, role_key: string | null = null) => {
    const view_id = file && (await idOf(context, 'dashboards', file))
    await answer(client.rpc('set_role_default_view', { workspace_id, role_key, view_id }), defaultsFile)
  }
  const idsOf = {
    themes: idsByFile(context, 'themes', remote.themes.map(named)),
    dashboards: idsByFile(context, 'dashboards', remote.dashboards.map(named)),
  }
  const steps: Step[] = []
  const plan = (place: string, isSame: boolean, set: () => Promise<void>) => {
    if (!isSame)
      steps.push({ action: 'change', subject: defaultsFile, details: [place], run: () => done(set()) })
  }

  if (theme !== undefined) {
    const wanted = theme?.includes('/') ? idsOf.themes.get(theme) : theme
    plan('theme', wanted === remote.defaults.theme, () => setTheme(theme))
  }
  if (view !== undefined) {
    const wanted = view && idsOf.dashboards.get(view)
    plan('view', wanted === remote.defaults.view, () => setView(view))
  }
  for (const [role, file] of Object.entries(roles ?? {}))
    plan(`roles.${role}`, idsOf.dashboards.get(file) === (remote.defaults.roles.get(role) ?? null), () =>
      setView(file, role),
    )
  const deletions = [...(roles ? remote.defaults.roles.keys() : [])]
    .filter((role) => !Object.hasOwn(roles ?? {}, role))
    .map((role): Step => {
      const subject = `${defaultsFile}: roles.${role}`
      return { action: 'delete', subject, details: [], run: () => done(setView(null, role)) }
    })
  return { steps, deletions, conflicts: conflictsOf(context) }
}

/** A role of which nobody knows, or that goes with this push. */
function conflictsOf({ folder, remote, options }: Context): Conflict[] {
  const inFolder = (folder.roles ?? []).map(({ document }) => document.key)
  const inWorkspace = options.deletes && folder.roles ? [] : remote.roles.map(({ document }) => document.key)
  const known = new Set(['admin', 'member', 'viewer', ...inFolder, ...inWorkspace])
  return Object.keys(folder.defaults?.roles ?? {})
    .filter((role) => !known.has(role))
    .map((role) => ({
      subject: `${defaultsFile}: roles.${role}`,
      message: 'There is no such role: add its file, or leave it out here.',
    }))
}

async function done(work: Promise<void>): Promise<undefined> {
  await work
}

/** The ids of what stands in the files of a kind, as far as it is among things of a workspace. */
function idsByFile(
  { folder }: Context,
  kind: Kind,
  things: { id: string; name: string }[],
): Map<string, string> {
  const entries: { file: string; document: { name: string } }[] = folder[kind] ?? []
  const present = byNameAndPlace(things, ({ name }) => name)
  return new Map(
    [...byNameAndPlace(entries, ({ document }) => document.name)].flatMap(
      ([identity, { file }]): [string, string][] => {
        const thing = present.get(identity)
        return thing ? [[file, thing.id]] : []
      },
    ),
  )
}

const named = ({ id, document }: { id: string; document: { name: string } }) => ({ id, name: document.name })

/** The id of what stands in a file, which this push may have made. */
async function idOf(context: Context, kind: Kind, file: string): Promise<string> {
  const { client, remote } = context
  const id = idsByFile(context, kind, await readNames(client, remote.workspace.id, kind)).get(file)
  if (id) return id
  throw fileError(
    defaultsFile,
    '',
    `Somebody has deleted what ${file} says meanwhile: run the command again.`,
  )
}
