import type { Place } from '../place.ts'
import { type Call, inWorkspace } from './call.ts'

// Where events go.

const destination = {
  kind: 'slack',
  name: 'Channel',
  url: 'https://hooks.slack.com/services/T0/B0/x',
  events: ['view.created'],
}
const webhook = { ...destination, kind: 'webhook', url: 'https://example.com/' }

/** One of its own: what is made here is taken back with the call. */
const made =
  (document: typeof destination) =>
  async ({ workspace, ask }: Place) => {
    const saved = await ask('select public.save_destination($1, $2) as answer', [workspace, document])
    return { workspace_id: workspace, id: (saved as { id: string }).id }
  }

/** The one of the fixture, with what was sent to it. */
const oneDestination = async ({ workspace, ask }: Place) => ({
  workspace_id: workspace,
  destination_id: await ask("select public.list_destinations($1) -> 0 ->> 'id' as answer", [workspace]),
})

export const destinationCalls: Record<string, Call> = {
  delete_destination: { arguments: made(destination), as: 'admin' },
  list_deliveries: { arguments: oneDestination, as: 'admin' },
  list_destinations: {
    arguments: inWorkspace,
    as: 'admin',
    answer: { grows: 'all destinations of the workspace, at most 50' },
  },
  list_integrations: {
    arguments: inWorkspace,
    as: 'admin',
    answer: { grows: 'all data sources and destinations of the workspace, at most 150' },
  },
  replay_deliveries: { arguments: oneDestination, as: 'admin' },
  rotate_destination_secret: { arguments: made(webhook), as: 'admin' },
  save_destination: {
    arguments: (place) => ({ ...inWorkspace(place), document: destination }),
    as: 'admin',
  },
  send_test_event: { arguments: oneDestination, as: 'admin' },
}
