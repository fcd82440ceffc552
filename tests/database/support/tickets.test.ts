import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Ticket } from '../../../types/support.ts'
import { actAs, clientError, service } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { machine } from '../../support/people/api-keys.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'
import { giveCustomRole, join } from '../../support/people/members.ts'
import { answer, letTicketsAge, openTicket, read, reply, turn } from '../../support/people/tickets.ts'

// Tickets: who opens, reads and writes them, and how they go on.

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
      for (const other of [{ body: 'd' }, { subject: 'Another' }])
        expect(await clientError(openTicket(client, member, { ...again, ...other }))).toMatchObject({
          code: 'conflict',
          details: 'idempotency_key',
        })
      // The key is one's own, and opens one in each workspace.
      expect(await openTicket(client, admin, again)).toMatchObject({ number: 2 })
      expect(await openTicket(client, outsider, { workspaceId: theirs })).toMatchObject({ number: 1 })
      await join(client, theirs, ids.member)
      expect(await openTicket(client, member, { ...again, workspaceId: theirs })).toMatchObject({
        workspaceId: theirs,
        number: 2,
      })
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
    ['idempotency_key', { key: null as unknown as string }],
  ])('refuses a bad %s: %o', (field, what) =>
    story(async (client) => {
      expect(await clientError(openTicket(client, member, what))).toMatchObject({
        code: 'invalid_input',
        details: field,
      })
    })(),
  )

  it(
    'with nothing said is told to say something, and with too much to shorten it',
    story(async (client) => {
      const hintFor = async (body: string) => (await clientError(openTicket(client, member, { body }))).hint
      for (const body of ['', ' \n ', '\u200b']) expect(await hintFor(body)).toBe('Say something.')
      for (const body of ['x'.repeat(5_001), 'x'.repeat(40_000), 'x\n'.repeat(201)])
        expect(await hintFor(body)).toBe('Shorten it, or attach it as a file.')
    }),
  )

  it(
    'has room for ten of a person and fifty of a workspace at a time, and for twenty a day',
    story(async (client) => {
      for (let count = 0; count < 10; count++) await openTicket(client, member)
      expect(await clientError(openTicket(client, member))).toMatchObject({ code: 'conflict', details: '10' })
      // What is solved or closed takes no room, and again where it is opened by writing to it.
      const asked = await client.query<{ id: string }>(
        `update public.support_tickets set status = 'solved', answer_due_at = null
         where number = 1 returning id`,
      )
      const solved = asked.rows[0] ?? { id: '' }
      await openTicket(client, member)
      expect(await clientError(reply(client, member, solved))).toMatchObject({
        code: 'conflict',
        details: '10',
      })
      await client.query('delete from public.support_tickets where id = $1', [solved.id])
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
      for (const age of ['0 hours', '23 hours']) {
        await letTicketsAge(client, age)
        expect(await clientError(openTicket(client, member))).toMatchObject({
          code: 'rate_limited',
          details: 'person',
        })
      }
      expect(await openTicket(client, admin)).toMatchObject({ status: 'open' })
      await letTicketsAge(client, '2 hours')
      await openTicket(client, member)
      await client.query(
        `insert into public.support_tickets (
           workspace_id, number, subject, priority, first_answer_due_at, answer_due_at, idempotency_key)
         select $1, 1000 + n, 'Help', 'normal', now(), now(), gen_random_uuid() from generate_series(1, 50) as n`,
        [ours],
      )
      expect(await clientError(openTicket(client, admin))).toMatchObject({ code: 'conflict', details: '50' })
      expect(await openTicket(client, outsider, { workspaceId: theirs })).toMatchObject({ status: 'open' })
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
      // To manage support is to write to it, too.
      expect(await reply(client, viewer, ticket)).toMatchObject({ number: 2 })
      // Nor by its id from a workspace of one's own.
      for (const [name, values] of [
        ['get_ticket', []],
        ['reply_to_ticket', ['Hello', randomUUID()]],
        ['close_ticket', []],
        ['reopen_ticket', []],
      ] as const)
        expect(await clientError(call(client, outsider, name, [theirs, ticket.id, ...values]))).toMatchObject(
          { code: 'not_found', details: 'id' },
        )
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
          expect(refusal).toMatchObject({
            code: 'not_found',
            details: actor === viewer ? 'id' : 'workspace_id',
          })
          expect(refusal).toEqual(await clientError(attempt(nothing)))
        }
      for (const name of ['support_tickets', 'support_messages']) {
        const seen = async (actor = viewer) =>
          (await actAs(client, actor, `select from public.${name}`)).rowCount
        expect([await seen(member), await seen(admin), await seen(), await seen(outsider)]).toEqual([
          ...(name === 'support_tickets' ? [1, 1, 0, 0] : [2, 2, 0, 0]),
        ])
      }
      expect(await call(client, viewer, 'list_tickets', [ours])).toEqual({ tickets: [], next: null })
      // A machine is no person, whoever made its key.
      const key = await machine(client, ['dashboards.read'])
      for (const [name, values] of [
        ['get_ticket', [ours, ticket.id]],
        ['list_tickets', [ours]],
      ] as const)
        expect(await clientError(call(client, key, name, [...values])), name).toMatchObject({
          code: 'permission_denied',
          details: 'person',
        })
      // One's own are there while one is in the workspace.
      await client.query("update public.workspace_members set status = 'suspended' where user_id = $1", [
        ids.member,
      ])
      for (const name of ['support_tickets', 'support_messages'])
        expect((await actAs(client, member, `select from public.${name}`)).rowCount).toBe(0)
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
      // The first one stays the first.
      await client.query("update public.support_tickets set first_answered_at = '2026-01-01T00:00:00Z'")
      await answer(client, ticket)
      expect((await read(client, member, ticket)).firstAnsweredAt).toBe('2026-01-01T00:00:00.000Z')

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
      expect(await read(client, member, ticket)).toMatchObject({ status: 'open', messageCount: 7 })
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
      // What was said elsewhere, or with another key, is another thing.
      const other = randomUUID()
      await reply(client, member, first, 'There', other)
      await reply(client, member, second, 'Here', other)
      for (const words of ['Here', 'And this?'])
        expect(await clientError(reply(client, member, first, words, other))).toMatchObject({
          code: 'conflict',
          details: 'idempotency_key',
        })
      expect(await clientError(reply(client, member, first, 'x', null as unknown as string))).toMatchObject({
        code: 'invalid_input',
        details: 'idempotency_key',
      })
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
      // An hour of one's own: a colleague writes meanwhile.
      await reply(client, admin, ticket)
      await letTicketsAge(client, '59 minutes')
      expect(await clientError(reply(client, member, ticket))).toMatchObject({ code: 'rate_limited' })
      await letTicketsAge(client, '2 minutes')
      await client.query('update public.support_tickets set message_count = 199')
      await reply(client, member, ticket)
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
      await openTicket(client, outsider, { subject: 'Elsewhere', workspaceId: theirs })
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
      expect((await list(admin, null, null, 100)).ids).toHaveLength(3)
      for (const perPage of [0, 101, null])
        expect(await clientError(list(admin, null, null, perPage))).toMatchObject({ details: 'per_page' })
    }),
  )
})
