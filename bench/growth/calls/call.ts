import type { Growth } from '../growth.ts'
import type { Place } from '../place.ts'

/** How a function is called to be measured. */
export interface Call {
  /** Its arguments by name; those that have a default may be left out. */
  arguments?(place: Place): Record<string, unknown> | Promise<Record<string, unknown>>
  /** A member, unless it takes more. */
  as?: 'admin'
  /** Why its answer is larger for who has more, which is then no growth. */
  answer?: { grows: string }
  /** What it deletes, and how long that may take: all of it is its work, as rows are an answer's. */
  deletes?: Growth
  /** Why it grows all the same. */
  grows?: Growth
}

export const inWorkspace = ({ workspace }: Place) => ({ workspace_id: workspace })
export const ofView = ({ view }: Place) => ({ view_id: view })
export const viewInWorkspace = ({ workspace, view }: Place) => ({ workspace_id: workspace, view_id: view })
/** A theme of the fixture, and none that a call has installed. */
export const themeOf = ({ workspace, ask }: Place) =>
  ask(`select min(id::text) as answer from public.themes where workspace_id = $1 and name like 'Theme %'`, [
    workspace,
  ])
