import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { actAs, clientError, service } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { messagesOf } from '../../support/database/messages.ts'
import { toldTo } from '../../support/database/notifications.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'
import { giveCustomRole, join } from '../../support/people/members.ts'
import { limitFree, setPlan } from '../../support/people/plan.ts'
import { answer, openTicket, putTicketFile, read, reply } from '../../support/people/tickets.ts'

// What others hear of a ticket, and what stays of it.

const story = policySuite()

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

      // Who wrote to another ticket, manages support without a word, or is suspended hears of nothing.
      await giveCustomRole(client, 'helper', ['support.manage'], [ids.viewer, ids.suspended])
      await client.query('delete from public.notifications')
      await client.query("update public.workspace_members set status = 'active' where user_id = $1", [
        ids.suspended,
      ])
      await reply(client, suspended, ticket)
      await client.query("update public.workspace_members set status = 'suspended' where user_id = $1", [
        ids.suspended,
      ])
      await answer(client, await openTicket(client, admin))
      expect(await toldTo(client, ids.admin)).toMatchObject([{ count: 1 }])
      await client.query('delete from public.notifications')
      await answer(client, await openTicket(client, member))
      expect([await toldTo(client, ids.admin), await toldTo(client, ids.member)]).toMatchObject([[], [{}]])
      await answer(client, ticket)
      expect([await toldTo(client, ids.viewer), await toldTo(client, ids.suspended)]).toEqual([[], []])

      await client.query(
        "update public.workspace_members set status = 'active', role_key = 'admin' where user_id = $1",
        [ids.suspended],
      )
      await client.query("update public.workspace_members set role_key = 'member' where user_id = $1", [
        ids.admin,
      ])
      await client.query('delete from public.workspace_members where user_id = $1', [ids.member])
      await join(client, theirs, ids.member)
      await client.query('delete from public.notifications')
      await messagesOf(client)
      await answer(client, ticket)
      expect([await toldTo(client, ids.member), await toldTo(client, ids.admin)]).toEqual([[], []])
      const gone = [ids.member, ids.admin].map((id) => `user:${id}`)
      expect((await messagesOf(client)).filter(({ topic }) => gone.includes(topic))).toEqual([])
    }),
  )

  it(
    'is no answer to the ticket of another for whom the plan has no room',
    story(async (client) => {
      await giveCustomRole(client, 'helper', ['support.manage'], [ids.viewer])
      const ticket = await openTicket(client, member)
      await reply(client, viewer, ticket)
      await setPlan(client, 'free')
      await limitFree(client, { members: 1 })
      await client.query('delete from public.notifications')
      await answer(client, ticket)
      expect([await toldTo(client, ids.viewer), await toldTo(client, ids.member)]).toMatchObject([[], [{}]])
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
