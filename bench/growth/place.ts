import type pg from 'pg'
import { views } from './fixture.ts'
import { type Person, personId, thingId, workspaceId } from './people.ts'

/** Where a person is measured: the first of their workspaces, and what there is in it. */
export interface Place {
  person: string
  workspace: string
  /** A view that everyone in the workspace sees, its first widget, and a view that was deleted. */
  view: string
  widget: string
  deletedView: string
  /** A member, who is no administrator. */
  member: string
  token: string
  /** Asks a function as the person, for what a call takes that the workspace has to say. */
  ask(text: string, values?: unknown[]): Promise<unknown>
}

export function placeOf({ id, workspaces: [first] }: Person, session: pg.Client): Place {
  return {
    person: id,
    workspace: workspaceId(first),
    view: thingId('d', first, views.open),
    widget: thingId('e', first, views.open * 10),
    deletedView: thingId('d', first, views.deleted),
    member: personId(first * 100_000 + 1),
    token: `token ${id}`,
    ask: async (text, values = []) =>
      (await session.query<{ answer: unknown }>(text, values)).rows[0]?.answer,
  }
}
