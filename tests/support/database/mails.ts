import type pg from 'pg'
import { type OutgoingMail, outgoingMailSchema, type SettledMail } from '../../../types/mail.ts'
import { admin, createCast, ours } from '../people/cast.ts'
import { service } from './act.ts'
import { call } from './call.ts'

// Mails in stories: what makes one, what a server takes, and what it says became of that.

/** The cast, each with an address that is confirmed. */
export async function castOfConfirmed(client: pg.Client): Promise<void> {
  await createCast(client)
  await client.query('update auth.users set email_confirmed_at = now()')
}

/** What a server takes. */
export const claim = async (client: pg.Client, most = 20) =>
  outgoingMailSchema.array().parse(await call(client, service, 'claim_mails', [most]))

/** What a server says became of mails. */
export const settle = (client: pg.Client, results: unknown) =>
  call(client, service, 'settle_mails', [JSON.stringify(results)])

/** The same of each. */
export const settleAll = (client: pg.Client, mails: OutgoingMail[], outcome: SettledMail['outcome']) =>
  settle(
    client,
    mails.map(({ workspaceId, id }) => ({ workspaceId, id, outcome })),
  )

export const invite = (client: pg.Client, email = 'new@example.com') =>
  call<{ id: string; token: string }>(client, admin, 'create_invitation', [ours, email, 'viewer'])

/** Lets time pass for every mail. */
export const letPass = (client: pg.Client, interval: string) =>
  client.query(
    `update private.mails set due_at = due_at - $1::interval, leased_until = leased_until - $1::interval,
       sent_at = sent_at - $1::interval, created_at = created_at - $1::interval`,
    [interval],
  )
