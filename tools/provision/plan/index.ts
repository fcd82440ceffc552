import { planComponents } from './components.ts'
import { planDashboards } from './dashboards.ts'
import { planDefaults } from './defaults.ts'
import { planMembers } from './members.ts'
import { planRoles } from './roles.ts'
import { type Conflict, type Context, notInFolder, type Step } from './step.ts'
import { planThemes } from './themes.ts'
import { planWorkspace } from './workspace.ts'

export type { Conflict, Context, Options, Step } from './step.ts'

/** What a push does to a workspace, in its order. */
export interface Plan {
  steps: Step[]
  conflicts: Conflict[]
  /** What stays in the workspace though the folder does not say so, and why. */
  kept: string[]
  warnings: Conflict[]
}

export function makePlan(context: Context): Plan {
  const workspace = planWorkspace(context)
  const roles = planRoles(context)
  const components = planComponents(context)
  const themes = planThemes(context)
  const dashboards = planDashboards(context)
  const defaults = planDefaults(context)
  const members = planMembers(context)
  const parts = [workspace, roles, components, themes, dashboards, defaults, members]
  // What refers to another goes first. A component may still be shown by a deleted dashboard, and so comes last.
  const deletions = [members, defaults, dashboards, themes, roles, components].flatMap(
    (part) => part.deletions,
  )
  const { deletes } = context.options
  return {
    steps: [...parts.flatMap(({ steps }) => steps), ...(deletes ? deletions : [])],
    conflicts: parts.flatMap(({ conflicts }) => conflicts),
    kept: [
      ...parts.flatMap(({ kept = [] }) => kept),
      ...(deletes ? [] : deletions.map(({ subject }) => notInFolder(subject))),
    ],
    warnings: parts.flatMap(({ warnings = [] }) => warnings),
  }
}
