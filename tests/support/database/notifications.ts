import type pg from 'pg'
import type { NotificationList } from '../../../types/notification.ts'
import { ours } from '../people/cast.ts'
import type { Actor } from './act.ts'
import { call } from './call.ts'

/** What there is of a notification, past every policy. */
export interface Told {
  id: string
  kind: string
  title: string
  link: string | null
  payload: Record<string, unknown>
  count: number
  in_app: boolean
  is_read: boolean
}

/** What a person was told, the latest first; as `postgres`. */
export async function toldTo(client: pg.Client, userId: string | undefined): Promise<Told[]> {
  const { rows } = await client.query<Told>(
    `select id, kind, title, link, payload, count, in_app, read_at is not null as is_read
     from public.notifications where user_id = $1 order by updated_at desc, id desc`,
    [userId],
  )
  return rows
}

/** The titles of what a person was told. */
export const titlesTo = async (client: pg.Client, userId: string | undefined) =>
  (await toldTo(client, userId)).map(({ title }) => title)

/** Tells people something, as the server; what is left out is a kind that joins nothing. */
export const notify = (
  client: pg.Client,
  people: string[],
  { kind = 'member_removed', title = 'News', link, payload, joinKey, about, body }: Partial<News> = {},
) =>
  client.query('select private.notify($1, $2, $3, $4, $5, $6, $7, $8, $9)', [
    people,
    ours,
    kind,
    title,
    body,
    link,
    payload ?? {},
    joinKey,
    about,
  ])

interface News {
  kind: string
  title: string
  body: string
  link: string
  payload: Record<string, unknown>
  joinKey: string
  about: string
}

/** A page as a person reads it. */
export const list = (client: pg.Client, actor: Actor, ...values: unknown[]) =>
  call<NotificationList>(client, actor, 'list_notifications', values)

/** Moves all that was told into the past. */
export const letPass = (client: pg.Client, interval: string) =>
  client.query(
    `update public.notifications
     set created_at = created_at - $1::interval, updated_at = updated_at - $1::interval, read_at = read_at - $1::interval`,
    [interval],
  )

/** The people of the mails that wait, with what they are about; as `postgres`. */
export const mailsWaiting = async (client: pg.Client) =>
  (
    await client.query<{ user_id: string; title: string }>(
      `select m.user_id, n.title from private.notification_mails m
       join public.notifications n on n.workspace_id = m.workspace_id and n.id = m.notification_id
       where m.sent_at is null order by m.created_at`,
    )
  ).rows
