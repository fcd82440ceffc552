import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import type { Ticket, TicketMessage, TicketWithMessages } from '../../../types/support.ts'
import { type Actor, service } from '../database/act.ts'
import { call } from '../database/call.ts'
import { ours } from './cast.ts'

/** The tickets that `insertTickets` makes, by who opened them. */
export const ticketIds = {
  member: 'a0000000-0000-4000-8000-000000000002',
  bystander: 'a0000000-0000-4000-8000-000000000007',
}

/** A ticket of everybody in `ours`, whatever their role or status, each with an answer of support; as `postgres`. */
export async function insertTickets(client: pg.Client): Promise<void> {
  await client.query(
    `insert into public.support_tickets (
       workspace_id, id, number, subject, status, priority, first_answer_due_at, opened_by, idempotency_key,
       message_count)
     select workspace_id, ('a' || substr(user_id::text, 2))::uuid, row_number() over (order by user_id), 'Help',
       'waiting', 'normal', now(), user_id, user_id, 2
     from public.workspace_members where workspace_id = $1`,
    [ours],
  )
  await client.query(
    `insert into public.support_messages (
       workspace_id, ticket_id, number, author_type, author_id, body, idempotency_key)
     select t.workspace_id, t.id, m.number, m.author_type, case m.number when 1 then t.opened_by end, m.body,
       gen_random_uuid()
     from public.support_tickets t,
       (values (1, 'person', 'Where is it?'), (2, 'support', 'There.')) as m (number, author_type, body)`,
  )
}

/** Opens a ticket in `ours`. */
export const openTicket = (
  client: pg.Client,
  actor: Actor,
  { subject = 'Help', body = 'Where is it?', key = String(randomUUID()), workspaceId = ours } = {},
) => call<TicketWithMessages>(client, actor, 'open_ticket', [workspaceId, subject, body, key])

export const reply = (
  client: pg.Client,
  actor: Actor,
  { id }: { id: string },
  body = 'And this?',
  key: string = randomUUID(),
  attachments: object[] = [],
) => call<TicketMessage>(client, actor, 'reply_to_ticket', [ours, id, body, key, JSON.stringify(attachments)])

/** Answers as an operator. */
export const answer = (
  client: pg.Client,
  { id }: { id: string },
  { body = 'There.', key = String(randomUUID()), attachments = [] as object[], status = 'waiting' } = {},
) =>
  call<TicketMessage>(client, service, 'answer_ticket', [
    ours,
    id,
    body,
    key,
    JSON.stringify(attachments),
    status,
  ])

export const read = (client: pg.Client, actor: Actor, { id }: { id: string }, after: number | null = null) =>
  call<TicketWithMessages>(client, actor, 'get_ticket', [ours, id, after])

/** Closes or opens again. */
export const turn = (client: pg.Client, actor: Actor, how: 'close' | 'reopen', { id }: { id: string }) =>
  call<Ticket>(client, actor, `${how}_ticket`, [ours, id])

/** Moves all that was written into the past. */
export const letTicketsAge = (client: pg.Client, interval: string) =>
  client.query(
    `with aged as (
       update public.support_messages set created_at = created_at - $1::interval)
     update public.support_tickets
     set created_at = created_at - $1::interval, answer_due_at = answer_due_at - $1::interval,
       first_answer_due_at = first_answer_due_at - $1::interval`,
    [interval],
  )

/** Puts a file into the folder of a ticket, and gives what a message says of it; as `postgres`. */
export async function putTicketFile(
  client: pg.Client,
  { id }: { id: string },
  { owner, age = '0 s', name = `${randomUUID()}.png` }: { owner?: string; age?: string; name?: string } = {},
): Promise<{ path: string; name: string }> {
  const path = `${ours}/${id}/${name}`
  await client.query(
    `insert into storage.objects (bucket_id, name, owner_id, created_at, metadata)
     values ('support', $1, $2, now() - $3::interval, '{"size": 5, "mimetype": "image/png"}')`,
    [path, owner, age],
  )
  return { path, name: 'Screenshot' }
}
