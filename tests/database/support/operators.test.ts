import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Ticket } from '../../../types/support.ts'
import { actAs, clientError, service } from '../../support/database/act.ts'
import { changingNothing } from '../../support/database/attacks.ts'
import { call } from '../../support/database/call.ts'
import { messagesOf } from '../../support/database/messages.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, theirs } from '../../support/people/cast.ts'
import { setPlan } from '../../support/people/plan.ts'
import { answer, letTicketsAge, openTicket, putTicketFile, read, turn } from '../../support/people/tickets.ts'

// What a server with the secret key does for operators, and nobody else.

const story = policySuite()
interface Queue {
  tickets: (Ticket & { workspaceName: string; planType: string; isLate: boolean })[]
  next: string | null
}
const waiting = async (client: Parameters<typeof call>[0], ...values: unknown[]) =>
  call<Queue>(client, service, 'list_tickets_to_answer', values)

describe('operators', () => {
  it(
    'see what waits in all workspaces, soonest first, page by page',
    story(async (client) => {
      const slow = await openTicket(client, member, { subject: 'Slow' })
      await setPlan(client, 'premium', theirs)
      const fast = await openTicket(client, outsider, { subject: 'Fast', workspaceId: theirs })
      expect(fast).toMatchObject({ priority: 'high' })
      expect(Date.parse(fast.firstAnswerDueAt) - Date.parse(fast.createdAt)).toBeCloseTo(8 * 3_600_000, -4)
      const done = await openTicket(client, admin)
      await turn(client, admin, 'close', done)

      const queue = await waiting(client)
      expect(queue).toMatchObject({
        tickets: [
          { id: fast.id, workspaceName: 'Theirs', planType: 'premium', isLate: false },
          { id: slow.id, workspaceName: 'Ours', planType: 'free' },
        ],
        next: null,
      })
      const page = await waiting(client, null, 1)
      expect(page.tickets).toMatchObject([{ id: fast.id }])
      expect((await waiting(client, page.next, 1)).tickets).toMatchObject([{ id: slow.id }])
      expect(await clientError(waiting(client, 'lost'))).toMatchObject({
        code: 'invalid_input',
        details: 'after',
      })
      await letTicketsAge(client, '9 hours')
      expect((await waiting(client)).tickets.map(({ isLate }) => isLate)).toEqual([true, false])
      await client.query('update public.support_tickets set status = $1, answer_due_at = null', ['waiting'])
      expect((await waiting(client)).tickets).toEqual([])
    }),
  )

  it(
    'find a ticket in its workspace alone',
    story(async (client) => {
      const ticket = await openTicket(client, member)
      for (const [workspace, expected] of [
        [theirs, { code: 'not_found', details: 'id' }],
        ['nothing', { code: 'invalid_input', details: 'workspace_id' }],
      ] as const)
        expect(
          await clientError(call(client, service, 'get_ticket_to_answer', [workspace, ticket.id])),
        ).toMatchObject(expected)
    }),
  )

  it(
    'note what customers never see, not even that there is something',
    story(async (client) => {
      const [ticket, other] = [await openTicket(client, member), await openTicket(client, admin)]
      await messagesOf(client)
      const before = await read(client, member, ticket)
      await changingNothing(client, async () => {
        const note = await call(client, service, 'note_on_ticket', [ours, ticket.id, 'Third\ntime', 'Sam'])
        expect(note).toMatchObject({ operator: 'Sam', body: 'Third\ntime' })
      })
      for (const [details, values] of [
        ['body', ['']],
        ['body', ['x'.repeat(5_001)]],
        ['operator', ['x', 'x'.repeat(101)]],
      ] as const)
        expect(
          await clientError(call(client, service, 'note_on_ticket', [ours, ticket.id, ...values])),
        ).toMatchObject({ code: 'invalid_input', details })
      await call(client, service, 'note_on_ticket', [ours, other.id, 'Of another', 'x'.repeat(100)])
      expect(await messagesOf(client)).toEqual([])
      expect(await read(client, member, ticket)).toEqual(before)
      expect(await call(client, service, 'get_ticket_to_answer', [ours, ticket.id])).toMatchObject({
        id: ticket.id,
        email: 'member@example.com',
        workspaceName: 'Ours',
        planType: 'free',
        messages: [{ body: 'Where is it?' }],
        notes: [{ operator: 'Sam', body: 'Third\ntime' }],
      })
      for (const actor of [member, admin, service])
        await expect(actAs(client, actor, 'select from private.support_notes')).rejects.toMatchObject({
          code: '42501',
        })
    }),
  )

  it(
    'answer once for each key, with files, and leave a ticket as they say',
    story(async (client) => {
      const ticket = await openTicket(client, member)
      const file = await putTicketFile(client, ticket)
      const key = randomUUID()
      const said = await answer(client, ticket, { key, attachments: [file], status: 'open' })
      expect(said).toMatchObject({ from: 'support', author: null, attachments: [file] })
      expect(await answer(client, ticket, { key, attachments: [file] })).toEqual(said)
      expect(await clientError(answer(client, ticket, { key }))).toMatchObject({ code: 'conflict' })
      const left = await read(client, member, ticket)
      expect(left).toMatchObject({ status: 'open', messageCount: 2 })
      // Due anew, and the first promise is kept.
      expect(left.firstAnsweredAt).not.toBeNull()
      expect(Date.parse(left.answerDueAt ?? '')).toBeGreaterThanOrEqual(Date.parse(left.firstAnswerDueAt))
      for (const status of ['lost', 'closed'])
        expect(await clientError(answer(client, ticket, { status }))).toMatchObject({
          code: 'invalid_input',
          details: 'status',
          hint: 'Give "open", "waiting" or "solved".',
        })
      expect(await clientError(answer(client, { id: randomUUID() }))).toMatchObject({
        code: 'not_found',
        details: 'id',
      })
      for (const [details, values] of [
        ['idempotency_key', ['Hello', null]],
        ['status', ['Hello', randomUUID(), '[]', null]],
      ] as const)
        expect(
          await clientError(call(client, service, 'answer_ticket', [ours, ticket.id, ...values])),
        ).toMatchObject({ code: 'invalid_input', details })
      expect(
        await clientError(call(client, service, 'get_ticket_to_answer', [null, ticket.id])),
      ).toMatchObject({ code: 'invalid_input', details: 'workspace_id' })
    }),
  )

  it(
    'give a ticket another status and priority, one by itself',
    story(async (client) => {
      const { id } = await openTicket(client, member)
      const update = (...values: unknown[]) =>
        call<Ticket>(client, service, 'update_ticket', [ours, id, ...values])
      expect(await update('solved')).toMatchObject({
        status: 'solved',
        priority: 'normal',
        answerDueAt: null,
      })
      expect(await update(null, 'high')).toMatchObject({ status: 'solved', priority: 'high' })
      expect(await update('open')).toMatchObject({ status: 'open', answerDueAt: expect.any(String) })
      for (const status of ['lost', 'closed'])
        expect(await clientError(update(status))).toMatchObject({ code: 'invalid_input', details: 'status' })
      expect(await clientError(update(null, 'urgent'))).toMatchObject({ details: 'priority' })
    }),
  )

  it(
    'have the secret key',
    story(async (client) => {
      const { id } = await openTicket(client, member)
      for (const [name, values] of [
        ['list_tickets_to_answer', []],
        ['get_ticket_to_answer', [ours, id]],
        ['answer_ticket', [ours, id, 'Forged', randomUUID()]],
        ['note_on_ticket', [ours, id, 'Forged']],
        ['update_ticket', [ours, id, 'solved']],
      ] as const)
        await expect(call(client, admin, name, [...values])).rejects.toMatchObject({ code: '42501' })
      await changingNothing(client, async () => {
        // A token of that role which names an account acts as the account.
        const named = { role: 'service_role', sub: ids.member } as const
        expect((await call<Queue>(client, named, 'list_tickets_to_answer', [])).tickets).toHaveLength(1)
      })
    }),
  )
})

it(
  'a better plan hastens what waits, and another takes nothing back',
  story(async (client) => {
    const ticket = await openTicket(client, member)
    const urgent = await openTicket(client, admin)
    const elsewhere = await openTicket(client, outsider, { workspaceId: theirs })
    await call(client, service, 'update_ticket', [ours, urgent.id, null, 'high'])
    await messagesOf(client)
    await setPlan(client, 'premium', ours)
    // Where neither status nor priority is another one, nobody is told.
    const told = (await messagesOf(client)).filter(({ event }) => event === 'ticket:updated')
    expect(told.map(({ payload }) => payload.ticketId)).toEqual([ticket.id])
    expect(await call(client, outsider, 'get_ticket', [theirs, elsewhere.id])).toEqual(elsewhere)
    const hastened = await read(client, member, ticket)
    expect(hastened).toMatchObject({ priority: 'high', answerDueAt: hastened.firstAnswerDueAt })
    expect(Date.parse(hastened.firstAnswerDueAt)).toBeLessThan(Date.parse(ticket.firstAnswerDueAt))
    await setPlan(client, 'free', ours)
    expect(await read(client, member, ticket)).toEqual(hastened)
  }),
)
