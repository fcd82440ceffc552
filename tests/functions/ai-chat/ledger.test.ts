import type { ServerResponse } from 'node:http'
import fc from 'fast-check'
import { beforeEach, expect, it } from 'vitest'
import type { AnswerEvent } from '../../../types/ai.ts'
import { readAnswer } from '../../../types/read-answer.ts'
import {
  answerIdOf,
  chatSuite,
  eventsOf,
  type RawStream,
  send,
} from '../../support/functions/ai-chat-suite.ts'
import type { Person } from '../../support/http/front-end.ts'

// Whatever happens, each answer ends in a state that is stored, and held = settled + released: with 50 questions at
// once on the last credit, with providers that fail in every way, with processes that are killed at any moment.

const suite = chatSuite()

const creditsOfPlan = 100
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
const delta = (text: string) => ({ type: 'response.output_text.delta', delta: text })
const completed = {
  type: 'response.completed',
  response: { usage: { input_tokens: 900, output_tokens: 40 } },
}

async function begin() {
  suite().raw.length = 0
  await suite().app.server.query(
    'delete from private.conversations; delete from private.usage_holds; delete from private.usage;' +
      'delete from private.ai_usage; delete from private.ai_budgets',
  )
}
beforeEach(begin)

/** The ledger of the workspace with what it must agree with, as it is at one moment. */
async function books() {
  const { app, workspace } = suite()
  const { rows } = await app.server.query(
    `select u.held::float, u.settled::float, u.released::float, (u.held - u.settled - u.released)::float as open,
       (select coalesce(sum(h.amount), 0)::float from private.usage_holds h
         where h.workspace_id = u.workspace_id and h.ended_at is null) as holds,
       (select coalesce(sum(a.credits), 0)::float from private.answers a
         where a.workspace_id = u.workspace_id and a.status <> 'running') as credits,
       (select coalesce(sum(c.credits), 0)::float from private.ai_usage c where c.workspace_id = u.workspace_id) as calls,
       (select jsonb_agg(jsonb_build_object('held', b.held::float, 'spent', b.spent::float) order by b.scope)
         from (select scope, sum(held) as held, sum(spent) as spent from private.ai_budgets
           where workspace_id = u.workspace_id group by scope) as b) as budgets
     from private.usage u where u.workspace_id = $1 and u.meter = 'ai_credits'`,
    [workspace],
  )
  return rows[0]
}

/** What all answers came to, and whether anything is there that belongs to none. */
async function ends() {
  const { rows } = await suite().app.server.query(
    `select coalesce(jsonb_agg(jsonb_build_object('answer', a.status, 'message', m.status,
         'isWritten', jsonb_typeof(m.parts) = 'array')), '[]') as answers,
       (select count(*)::int from private.answer_parts) as parts,
       (select count(*)::int from private.conversations) as conversations,
       (select count(*)::int from private.messages) as messages
     from private.answers a join private.messages m using (workspace_id, conversation_id, number)`,
  )
  return rows[0] as {
    answers: { answer: string; message: string; isWritten: boolean }[]
    parts: number
    conversations: number
    messages: number
  }
}

/** What has to hold once nothing runs any more. */
async function expectBalance(alreadySettled = 0) {
  const { answers, parts, conversations, messages } = await ends()
  for (const { answer, message, isWritten } of answers) {
    expect(answer).toMatch(/^(complete|stopped|incomplete|failed|interrupted)$/)
    expect({ message, isWritten }).toEqual({ message: answer, isWritten: true })
  }
  expect({ parts, conversations, messages }).toEqual({
    parts: 0,
    conversations: answers.length,
    messages: answers.length * 2,
  })
  const { held, settled, released, holds, credits, calls, budgets } = await books()
  expect(held).toBeCloseTo(settled + released)
  expect(holds).toBe(0)
  expect(settled - alreadySettled).toBeCloseTo(credits)
  expect(credits).toBeCloseTo(calls)
  for (const budget of budgets ?? []) {
    expect(budget.held).toBeCloseTo(0)
    expect(budget.spent).toBeCloseTo(credits)
  }
}

it('50 questions at once on the last credits are answered or refused, and never more is held than there is', async () => {
  const { app, ada, mia, workspace, raw, ask } = suite()
  const zoe = await app.signUp('Zoe')
  await app.server.query(
    "insert into public.workspace_members (workspace_id, user_id, role_key) values ($1, $2, 'member')",
    [workspace, zoe.id],
  )
  const spent = creditsOfPlan - 1.5
  await app.server.query(
    `insert into private.usage (workspace_id, meter, period, held, settled)
     values ($1, 'ai_credits', private.usage_period(), $2, $2)`,
    [workspace, spent],
  )
  raw.push(
    ...Array.from(
      { length: 50 },
      (): RawStream => async (response) => {
        send(response, delta('Here.'))
        await pause(300)
        send(response, completed)
        response.end()
      },
    ),
  )
  let isOver = false
  const watching = (async () => {
    while (!isOver) {
      const { held, released, open, holds } = await books()
      expect(open).toBeCloseTo(holds)
      expect(held - released).toBeLessThanOrEqual(creditsOfPlan)
      await pause(20)
    }
  })()
  const people: Person[] = [ada, mia, zoe]
  const outcomes = await Promise.all(
    Array.from({ length: 50 }, async (_, place) => {
      const response = await ask(people[place % people.length] as Person, { content: 'The last one?' })
      if (response.status !== 200) return { status: response.status, ...((await response.json()) as object) }
      return (await eventsOf(response)).at(-1)
    }),
  )
  isOver = true
  await watching
  const refused = outcomes.filter((outcome) => outcome && 'error' in outcome)
  for (const outcome of outcomes)
    expect(outcome).toMatchObject(
      refused.includes(outcome)
        ? { status: 402, error: { code: 'payment_required', details: expect.stringContaining('ai_credits') } }
        : { type: 'done', status: 'complete' },
    )
  expect(refused.length).toBeGreaterThan(0)
  expect((await ends()).answers).toHaveLength(50 - refused.length)
  expect(refused.length).toBeLessThan(50)
  await expectBalance(spent)
})

/** How a provider behaves in one call. */
const behaviours: Record<string, (response: ServerResponse, milliseconds: number) => Promise<void>> = {
  async answers(response, milliseconds) {
    for (const word of ['One ', 'two ', 'three.']) {
      send(response, delta(word))
      await pause(milliseconds / 3)
    }
    send(response, completed)
    response.end()
  },
  async 'uses a tool'(response, milliseconds) {
    await pause(milliseconds)
    const item = { type: 'function_call', call_id: 'c1', name: 'list_views', arguments: '{}' }
    send(response, { type: 'response.output_item.done', item })
    send(response, completed)
    response.end()
  },
  async 'breaks off'(response, milliseconds) {
    send(response, delta('Half '))
    await pause(milliseconds)
    response.destroy()
  },
  async 'says nothing more'(response) {
    send(response, delta('And then '))
  },
  async 'fails with 500'(response, milliseconds) {
    await pause(milliseconds / 2)
    response.writeHead(500).end('{}')
  },
  async 'is malformed'(response) {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: {"type": "respo\n\n')
  },
}
const milliseconds = fc.integer({ min: 0, max: 600 })
const world = fc.record({
  calls: fc.array(fc.tuple(fc.constantFrom(...Object.keys(behaviours)), milliseconds), {
    minLength: 40,
    maxLength: 40,
  }),
  questions: fc.array(
    fc.record({ after: milliseconds, reader: fc.constantFrom('stays', 'leaves', 'stops') }),
    {
      minLength: 8,
      maxLength: 12,
    },
  ),
  crashes: fc.array(
    fc.record({ place: fc.nat(1), begun: fc.integer({ min: 2, max: 5 }), after: milliseconds }),
    {
      minLength: 1,
      maxLength: 2,
    },
  ),
})

/**
 * Asks, and reads as somebody does who stays, leaves after the first part, or stops it. Whose process is killed asks the
 * same again, as a front end does, and has the same answer.
 */
async function question({ after, reader }: { after: number; reader: string }, person: Person): Promise<void> {
  const { ask, chat, token } = suite()
  const body = { content: 'Well?', idempotency_key: crypto.randomUUID() }
  await pause(after)
  for (;;)
    try {
      const events: AnswerEvent[] = []
      for await (const event of readAnswer(await ask(person, body))) {
        events.push(event)
        if (event.type !== 'text_delta' || reader === 'stays') continue
        if (reader === 'leaves') return
        await chat.post({ answer_id: answerIdOf(events) }, await token(person), '/stop')
      }
      return
    } catch {
      await pause(300)
    }
}

/** Ends what nobody writes any more, as the job does once a lease has run out. */
async function loseSilent() {
  const { app } = suite()
  // Who still writes has renewed within the second.
  await app.server.query(
    `update private.answers set leased_until = now() - interval '1 second'
     where status = 'running' and leased_until < now() + interval '56 seconds'`,
  )
  await app.server.query('select private.interrupt_lost_answers(100)')
  return (await ends()).answers.filter(({ answer }) => answer === 'running').length
}

it('an answer ends whatever the provider does and whichever process is killed', async () => {
  const { app, ada, mia, raw, chat } = suite()
  const happens = fc.asyncProperty(world, async ({ calls, questions, crashes }) => {
    await begin()
    raw.push(
      ...calls.map(
        ([behaviour, wait]): RawStream =>
          (response) =>
            behaviours[behaviour]?.(response, wait),
      ),
    )
    const killing = (async () => {
      for (const { place, begun, after } of crashes) {
        while ((await ends()).answers.length < begun) await pause(50)
        await pause(after / 3)
        await chat.crash(place)
      }
    })()
    const reading = Promise.all(questions.map((one, place) => question(one, place % 2 ? ada : mia)))
    await killing
    // Providers that say nothing more would be waited for, also by the answers of those who left.
    const stopping = setInterval(
      () => app.server.query("update private.answers set stop_requested_at = now() where status = 'running'"),
      2_000,
    )
    const losing = setInterval(loseSilent, 500)
    try {
      await reading
      await expect.poll(loseSilent, { timeout: 20_000, interval: 300 }).toBe(0)
    } finally {
      clearInterval(stopping)
      clearInterval(losing)
    }
    expect((await ends()).answers).toHaveLength(questions.length)
    await expectBalance()
  })
  await fc.assert(happens, { numRuns: 2, endOnFailure: true })
}, 90_000)
