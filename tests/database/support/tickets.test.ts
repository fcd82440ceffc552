import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Ticket } from '../../../types/support.ts'
import { actAs, clientError, service } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { messagesOf } from '../../support/database/messages.ts'
import { toldTo } from '../../support/database/notifications.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { machine } from '../../support/people/api-keys.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'
import { giveCustomRole } from '../../support/people/members.ts'
import {
  answer,
  letTicketsAge,
  openTicket,
  putTicketFile,
  read,
  reply,
  turn,
} from '../../support/people/tickets.ts'

const story = policySuite()
const hours = (from: string, until: string | null) =>
  Math.round((Date.parse(until ?? '') - Date.parse(from)) / 3_600_000)

describe('opening a ticket', () => {
  it(
    'numbers it, promises an answer by the plan, and is done once for each key',
    story(async (client) => {
      const key = randomUUID()
      const first = await openTicket(client, member, {
        key,
        subject: '  The  chart ',
        body: 'a\r\n\n\n\nb  c\n',
      })
      expect(first).toMatchObject({ number: 1, subject: 'The chart', status: 'open', priority: 'normal' })
      expect(first.openedBy).toEqual({ id: ids.member, name: 'member' })
      expect(first.messages).toMatchObject([{ from: 'person', body: 'a\n\nb c', author: { id: ids.member } }])
      expect(hours(first.createdAt, first.firstAnswerDueAt)).toBe(72)
      const again = { key, subject: 'The chart', body: 'a\n\nb c' }
      expect(await openTicket(client, member, again)).toEqual(first)
      expect(await clientError(openTicket(client, member, { ...again, body: 'd' }))).toMatchObject({
        code: 'conflict',
        details: 'idempotency_key',
      })
      // The key is one's own.
      expect(await openTicket(client, admin, again)).toMatchObject({ number: 2 })
      expect(await openTicket(client, outsider, { workspaceId: theirs })).toMatchObject({ number: 1 })
    }),
  )

  it(
    'takes support.create, and a person who is in the workspace',
    story(async (client) => {
      for (const [actor, code] of [
        [outsider, 'not_found'],
        [suspended, 'not_found'],
        [viewer, 'permission_denied'],
        [await machine(client, ['dashboards.read']), 'permission_denied'],
      ] as const)
        expect(await clientError(openTicket(client, actor))).toMatchObject({ code })
      await expect(openTicket(client, service)).rejects.toMatchObject({ code: '42501' })
      expect((await client.query('select from public.support_tickets')).rowCount).toBe(0)
    }),
  )

  it.each([
    ['subject', { subject: ' ' }],
    ['subject', { subject: 'x'.repeat(151) }],
    ['body', { body: '\u200b\n' }],
    ['body', { body: 'x'.repeat(5_001) }],
    ['body', { body: 'x\n'.repeat(201) }],
    ['body', { body: 'see <script>' }],
  ])('refuses a bad %s: %o', (field, what) =>
    story(async (client) => {
      expect(await clientError(openTicket(client, member, what))).toMatchObject({
        code: 'invalid_input',
        details: field,
      })
    })(),
  )

  it(
    'has room for ten of a person and fifty of a workspace at a time, and for twenty a day',
    story(async (client) => {
      for (let count = 0; count < 10; count++) await openTicket(client, member)
      expect(await clientError(openTicket(client, member))).toMatchObject({ code: 'conflict', details: '10' })
      const [ticket] = (await call<{ tickets: Ticket[] }>(client, member, 'list_tickets', [ours])).tickets
      await turn(client, member, 'close', ticket ?? { id: '' })
      await openTicket(client, member)
      expect(await clientError(turn(client, member, 'reopen', ticket ?? { id: '' }))).toMatchObject({
        code: 'conflict',
        details: '10',
      })
      // Others find room.
      expect(await openTicket(client, admin)).toMatchObject({ status: 'open' })
      await client.query("update public.support_tickets set status = 'closed', answer_due_at = null")
      for (let count = 0; count < 9; count++) await openTicket(client, member)
      expect(await clientError(openTicket(client, member))).toMatchObject({
        code: 'rate_limited',
        details: 'person',
      })
      await letTicketsAge(client, '25 hours')
      await openTicket(client, member)
      await client.query(
        `insert into public.support_tickets (
           workspace_id, number, subject, priority, first_answer_due_at, answer_due_at, idempotency_key)
         select $1, 1000 + n, 'Help', 'normal', now(), now(), gen_random_uuid() from generate_series(1, 50) as n`,
        [ours],
      )
      expect(await clientError(openTicket(client, admin))).toMatchObject({ code: 'conflict', details: '50' })
    }),
  )
})

describe('a ticket', () => {
  it(
    'is there for who opened it and for who manages support, and for nobody else',
    story(async (client) => {
      const ticket = await openTicket(client, member)
      await giveCustomRole(client, 'helper', ['support.manage'], [ids.viewer])
      for (const actor of [member, admin, viewer])
        expect(await read(client, actor, ticket)).toMatchObject({ id: ticket.id, messageCount: 1 })
      await client.query("update public.workspace_members set role_key = 'member' where user_id = $1", [
        ids.viewer,
      ])
      const nothing = { id: randomUUID() }
      for (const actor of [viewer, outsider, suspended])
        for (const attempt of [
          (one: { id: string }) => read(client, actor, one),
          (one: { id: string }) => reply(client, actor, one),
          (one: { id: string }) => turn(client, actor, 'close', one),
          (one: { id: string }) => turn(client, actor, 'reopen', one),
        ]) {
          const refusal = await clientError(attempt(ticket))
          expect(refusal).toMatchObject({ code: 'not_found' })
          expect(refusal).toEqual(await clientError(attempt(nothing)))
        }
      for (const name of ['support_tickets', 'support_messages']) {
        const seen = async (actor = viewer) =>
          (await actAs(client, actor, `select from public.${name}`)).rowCount
        expect([await seen(member), await seen(admin), await seen(), await seen(outsider)]).toEqual([
          1, 1, 0, 0,
        ])
      }
      expect(await call(client, viewer, 'list_tickets', [ours])).toEqual({ tickets: [], next: null })
      // A machine is no person, whoever made its key.
      const key = await machine(client, ['dashboards.read'])
      expect(await clientError(read(client, key, ticket))).toMatchObject({
        code: 'permission_denied',
        details: 'person',
      })
    }),
  )

  it(
    'is read by who lost support.create, and not written',
    story(async (client) => {
      const ticket = await openTicket(client, member)
      await client.query("update public.workspace_members set role_key = 'viewer' where user_id = $1", [
        ids.member,
      ])
      expect(await read(client, member, ticket)).toMatchObject({ id: ticket.id })
      expect(await clientError(reply(client, member, ticket))).toMatchObject({
        code: 'permission_denied',
        details: 'support.create',
      })
    }),
  )

  it(
    'goes from open to waiting with an answer, back with a reply, and is closed and opened again',
    story(async (client) => {
      const ticket = await openTicket(client, member)
      await answer(client, ticket)
      const waiting = await read(client, member, ticket)
      expect(waiting).toMatchObject({ status: 'waiting', answerDueAt: null, lastMessageFrom: 'support' })
      expect(waiting.messages).toMatchObject([
        { from: 'person' },
        { from: 'support', author: null, body: 'There.' },
      ])
      expect(waiting.firstAnsweredAt).not.toBeNull()

      await reply(client, member, ticket)
      const { answerDueAt } = await read(client, member, ticket)
      expect(hours(new Date().toISOString(), answerDueAt)).toBe(72)
      await letTicketsAge(client, '5 hours')
      // Who asks once more keeps the place in the queue.
      await reply(client, admin, ticket)
      expect(hours((await read(client, member, ticket)).answerDueAt ?? '', answerDueAt)).toBe(5)

      expect(await turn(client, member, 'close', ticket)).toMatchObject({
        status: 'closed',
        answerDueAt: null,
      })
      expect(await turn(client, member, 'close', ticket)).toMatchObject({ status: 'closed' })
      expect(await clientError(reply(client, member, ticket))).toMatchObject({
        code: 'conflict',
        details: 'status',
      })
      expect(await turn(client, admin, 'reopen', ticket)).toMatchObject({ status: 'open' })
      await answer(client, ticket, { status: 'solved' })
      await reply(client, member, ticket)
      expect(await read(client, member, ticket)).toMatchObject({ status: 'open', messageCount: 6 })
    }),
  )

  it(
    'takes a key for itself, and not for what was said with it elsewhere',
    story(async (client) => {
      const key = randomUUID()
      const [first, second] = [await openTicket(client, member), await openTicket(client, member)]
      const said = await reply(client, member, first, 'And this?', key)
      expect(await reply(client, member, second, 'And this?', key)).not.toMatchObject({ id: said.id })
      for (const ticket of [first, second])
        expect((await read(client, member, ticket)).messages).toHaveLength(2)
    }),
  )

  it(
    'takes each message once, sixty an hour of a person and two hundred in all, and gives fifty at a time',
    story(async (client) => {
      const ticket = await openTicket(client, member)
      const key = randomUUID()
      const said = await reply(client, member, ticket, 'And this?', key)
      expect(await reply(client, member, ticket, ' And  this?', key)).toEqual(said)
      expect(await clientError(reply(client, member, ticket, 'Other', key))).toMatchObject({
        code: 'conflict',
        details: 'idempotency_key',
      })
      // Nor does a colleague learn by a key what was said with it.
      expect(await clientError(reply(client, admin, ticket, 'And this?', key))).toMatchObject({
        code: 'conflict',
      })
      expect(await clientError(reply(client, member, ticket, ''))).toMatchObject({ details: 'body' })
      for (let count = 2; count < 60; count++) await reply(client, member, ticket)
      expect(await clientError(reply(client, member, ticket))).toMatchObject({ code: 'rate_limited' })
      const first = await read(client, member, ticket)
      expect([first.messages.length, first.next]).toEqual([50, 50])
      const second = await read(client, member, ticket, first.next)
      expect([
        second.messages.map(({ number }) => number).at(0),
        second.messages.length,
        second.next,
      ]).toEqual([51, 10, null])
      await client.query('update public.support_tickets set message_count = 200')
      expect(await clientError(reply(client, admin, ticket))).toMatchObject({
        code: 'conflict',
        details: '200',
      })
      expect(await answer(client, ticket)).toMatchObject({ number: 201 })
    }),
  )

  it(
    'is listed with what was said last first, page by page',
    story(async (client) => {
      const [first, second, third] = [
        await openTicket(client, member, { subject: 'First' }),
        await openTicket(client, admin, { subject: 'Second' }),
        await openTicket(client, member, { subject: 'Third' }),
      ]
      await reply(client, member, first)
      const list = async (actor = admin, ...values: unknown[]) => {
        const page = await call<{ tickets: Ticket[]; next: string | null }>(client, actor, 'list_tickets', [
          ours,
          ...values,
        ])
        return { ids: page.tickets.map(({ id }) => id), next: page.next }
      }
      expect(await list()).toEqual({ ids: [first.id, third.id, second.id], next: null })
      expect(await list(member)).toEqual({ ids: [first.id, third.id], next: null })
      const page = await list(admin, 'open', null, 2)
      expect(page.ids).toEqual([first.id, third.id])
      expect(await list(admin, 'open', page.next, 2)).toEqual({ ids: [second.id], next: null })
      expect((await list(admin, 'closed')).ids).toEqual([])
      expect(await clientError(list(admin, 'lost'))).toMatchObject({ details: 'status' })
      expect(await clientError(list(admin, null, 'lost'))).toMatchObject({ details: 'after' })
      expect(await clientError(list(admin, null, null, 101))).toMatchObject({ details: 'per_page' })
    }),
  )
})

describe('what others hear of it', () => {
  it(
    'is ids alone, to who opened it; an answer is told to who wrote and still sees it',
    story(async (client) => {
      const ticket = await openTicket(client, member, { subject: 'SECRET' })
      await reply(client, admin, ticket)
      await messagesOf(client)
      await answer(client, ticket, { body: 'SECRET' })
      const updated = { workspaceId: ours, ticketId: ticket.id }
      const [told] = await toldTo(client, ids.member)
      expect((await messagesOf(client)).filter(({ topic }) => topic === `user:${ids.member}`)).toEqual([
        {
          topic: `user:${ids.member}`,
          event: 'notification:new',
          payload: { workspaceId: ours, kind: 'support_answer' },
        },
        { topic: `user:${ids.member}`, event: 'ticket:updated', payload: updated },
      ])
      expect(told).toMatchObject({
        kind: 'support_answer',
        title: 'Support answered: SECRET',
        link: `/workspaces/${ours}/support/${ticket.id}`,
        payload: { actor: null, ticket: { id: ticket.id, number: 1, name: 'SECRET', openedBy: ids.member } },
      })
      expect(await toldTo(client, ids.admin)).toMatchObject([{ kind: 'support_answer' }])
      await answer(client, ticket)
      expect(await toldTo(client, ids.member)).toMatchObject([{ count: 2 }])

      await client.query("update public.workspace_members set status = 'active' where user_id = $1", [
        ids.suspended,
      ])
      await client.query("update public.workspace_members set role_key = 'member' where user_id = $1", [
        ids.admin,
      ])
      await client.query('delete from public.workspace_members where user_id = $1', [ids.member])
      await client.query('delete from public.notifications')
      await messagesOf(client)
      await answer(client, ticket)
      expect([await toldTo(client, ids.member), await toldTo(client, ids.admin)]).toEqual([[], []])
      expect(await messagesOf(client)).toEqual([])
    }),
  )

  it(
    'is exported to each with what they said themselves, wherever they are by then',
    story(async (client) => {
      const ticket = await openTicket(client, member, { subject: 'Mine', body: 'Where is it?' })
      const file = await putTicketFile(client, ticket, { owner: ids.member })
      await reply(client, member, ticket, 'Here.', randomUUID(), [file])
      await reply(client, admin, ticket, 'ADMIN')
      await answer(client, ticket, { body: 'SUPPORT' })
      await call(client, service, 'note_on_ticket', [ours, ticket.id, 'NOTE'])
      await openTicket(client, admin, { subject: 'ADMIN', body: 'ADMIN' })
      const exported = async (actor = member) => {
        const parts: Record<string, unknown> = {}
        for (const part of ['supportTickets', 'supportMessages'])
          parts[part] = await call(client, actor, 'export_my_data', [part])
        return JSON.stringify(parts)
      }
      const mine = await exported()
      for (const word of ['Mine', 'Where is it?', 'Here.', file.path]) expect(mine).toContain(word)
      for (const word of ['ADMIN', 'SUPPORT', 'NOTE']) expect(mine).not.toContain(word)
      expect(await exported(admin)).not.toMatch(/Where is it|Here|SUPPORT|NOTE/)
      expect(await exported(outsider)).not.toMatch(/Mine|ADMIN|SUPPORT/)
      await client.query("update public.workspace_members set status = 'suspended' where user_id = $1", [
        ids.member,
      ])
      expect(await exported()).toEqual(mine)
      expect(await clientError(read(client, member, ticket))).toMatchObject({ code: 'not_found' })
    }),
  )

  it(
    'is in the audit log without a word of it',
    story(async (client) => {
      const ticket = await openTicket(client, member, { subject: 'SECRET', body: 'SECRET' })
      await answer(client, ticket, { body: 'SECRET', status: 'solved' })
      await call(client, service, 'note_on_ticket', [ours, ticket.id, 'SECRET'])
      const { rows } = await client.query(
        "select table_name, action, actor_type, changes::text from public.audit_log where table_name like 'support%' order by occurred_at",
      )
      expect(rows).toMatchObject([
        { table_name: 'support_tickets', action: 'insert', actor_type: 'user' },
        { table_name: 'support_messages', action: 'insert', actor_type: 'user' },
        { table_name: 'support_messages', action: 'insert', actor_type: 'service_role' },
        { table_name: 'support_tickets', action: 'update', actor_type: 'service_role' },
      ])
      expect(JSON.stringify(rows)).not.toContain('SECRET')
      const { entries } = await call<{ entries: { subject: object }[] }>(client, admin, 'list_audit_log', [
        ours,
      ])
      expect(entries.slice(0, 4).map(({ subject }) => subject)).toEqual(
        Array(4).fill({ kind: 'ticket', id: ticket.id, name: '#1' }),
      )
    }),
  )

  it(
    'outlives who asked, by nobody; files and all go with the workspace',
    story(async (client) => {
      const ticket = await openTicket(client, member)
      const file = await putTicketFile(client, ticket, { owner: ids.member })
      await reply(client, member, ticket, '', randomUUID(), [file])
      await actAs(client, member, 'select public.delete_my_account()')
      expect(await read(client, admin, ticket)).toMatchObject({
        openedBy: null,
        messages: [
          { author: null, body: 'Where is it?' },
          { attachments: [{ ...file, size: 5, type: 'image/png' }] },
        ],
      })
      await actAs(client, admin, "select public.delete_workspace($1, 'Ours')", [ours])
      await client.query(
        "select vault.create_secret('https://project.test', 'project_url'), vault.create_secret('s3cret', 'secret_key')",
      )
      await client.query('select private.remove_orphaned_support_files()')
      const { rows } = await client.query('select method, url from net.http_request_queue')
      expect(rows).toEqual([
        { method: 'DELETE', url: `https://project.test/storage/v1/object/support/${file.path}` },
      ])
    }),
  )
})
