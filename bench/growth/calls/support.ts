import { randomUUID } from 'node:crypto'
import type { Place } from '../place.ts'
import { type Call, inWorkspace } from './call.ts'

// Support.

const ticket = async ({ workspace, person, ask }: Place) => ({
  workspace_id: workspace,
  id: await ask(
    'select min(id::text) as answer from public.support_tickets where workspace_id = $1 and opened_by = $2',
    [workspace, person],
  ),
})

/** Nobody writes to a ticket that is closed. */
const reopened = async (place: Place) => {
  const one = await ticket(place)
  await place.ask('select public.reopen_ticket($1, $2::uuid) as answer', [one.workspace_id, String(one.id)])
  return one
}

export const supportCalls: Record<string, Call> = {
  close_ticket: { arguments: ticket },
  get_ticket: { arguments: ticket },
  list_tickets: { arguments: (place) => ({ ...inWorkspace(place), per_page: 20 }) },
  open_ticket: {
    arguments: (place) => ({
      ...inWorkspace(place),
      subject: 'Help',
      body: 'Where is it?',
      idempotency_key: randomUUID(),
    }),
  },
  reopen_ticket: { arguments: ticket },
  reply_to_ticket: {
    arguments: async (place) => ({ ...(await reopened(place)), body: 'Help', idempotency_key: randomUUID() }),
  },
}
