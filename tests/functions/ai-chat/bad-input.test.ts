import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { storedConversationSchema } from '../../../types/conversations.ts'
import { answerIdOf, assistant, chatSuite, textOf } from '../../support/functions/ai-chat-suite.ts'
import { serveFunction } from '../../support/functions/serve-function.ts'

// What is refused: with a registered code, with nothing charged and nothing half stored.

const suite = chatSuite()

async function counts() {
  const { rows } = await suite().app.server.query(
    `select (select count(*) from private.conversations) as conversations, (select count(*) from private.messages) as
       messages, (select count(*) from private.answers) as answers, (select coalesce(sum(held), 0) from private.usage)
       as held`,
  )
  return rows[0]
}
let before: unknown
let isRefusal = true
beforeEach(async () => {
  before = await counts()
  isRefusal = true
})
afterEach(async () => {
  if (!isRefusal) return
  expect(await counts()).toEqual(before)
  expect(suite().asked()).toEqual([])
})

async function refused(body: object, by = suite().ada) {
  const response = await suite().ask(by, body)
  return { status: response.status, ...((await response.json()) as object) }
}

it.each<[string, object, number, object]>([
  ['a message of 1 MB', { content: 'a'.repeat(1_000_000) }, 413, { code: 'payload_too_large' }],
  ['a message that is a little too long', { content: 'é'.repeat(17_000) }, 400, { details: 'content' }],
  ['a message of nothing', { content: ' \n ' }, 400, { details: 'content' }],
  ['half a character', { content: 'a \ud800' }, 400, { details: 'content' }],
  ['the character that ends texts', { content: 'a \0' }, 400, { details: 'content' }],
  [
    'neither question nor answer',
    {},
    400,
    { code: 'invalid_input', details: 'content', hint: expect.stringContaining('regenerate_of') },
  ],
  [
    'a question and an answer',
    { content: 'a', regenerate_of: crypto.randomUUID() },
    400,
    { code: 'invalid_input', details: 'content' },
  ],
  [
    'an unknown argument',
    { content: 'a', continue_of: crypto.randomUUID() },
    400,
    { code: 'invalid_input', hint: 'Leave out continue_of.' },
  ],
  ['an id that is none', { content: 'a', agent_id: 'x' }, 400, { details: 'agent_id', hint: 'Give a UUID.' }],
  [
    'an agent that is not there',
    { content: 'a', agent_id: crypto.randomUUID() },
    404,
    { details: 'agent_id' },
  ],
  ['another workspace', { content: 'a', workspace_id: 'WK-000000001' }, 404, { details: 'workspace_id' }],
])('%s', async (_, body, status, error) => {
  expect(await refused(body)).toMatchObject({ status, error })
})

it('an agent of another workspace, and a person of another', async () => {
  const { app, eve, ada } = suite()
  const theirs = await app.createWorkspace(eve)
  const { rows } = await app.server.query(
    `insert into private.agents (workspace_id, owner_id, name, kind, instructions, visibility)
     values ($1, $2, 'Theirs', 'custom', '', 'personal') returning id`,
    [theirs, eve.id],
  )
  const body = { content: 'a', agent_id: rows[0].id }
  expect(await refused(body)).toMatchObject({ status: 404, error: { details: 'agent_id' } })
  expect(await refused({ content: 'a' }, eve)).toMatchObject({
    status: 404,
    error: { details: 'workspace_id' },
  })
  expect(await refused({ ...body, workspace_id: theirs }, ada)).toMatchObject({ status: 404 })
})

it('a model that the workspace does not allow, and a budget that is spent', async () => {
  const { app, workspace } = suite()
  const set = (column: string, value: string | null) =>
    app.server.query(
      `insert into private.ai_settings (workspace_id, ${column}) values ($1, $2)
       on conflict (workspace_id) do update set ${column} = excluded.${column}`,
      [workspace, value],
    )
  await set('allowed_models', '{}')
  expect(await refused({ content: 'a' })).toMatchObject({ status: 409, error: { details: 'model' } })
  await set('allowed_models', null)
  await set('person_budget', '0')
  expect(await refused({ content: 'a' })).toMatchObject({ status: 402, error: { code: 'budget_spent' } })
  await set('person_budget', null)
})

it('more questions than a workspace may ask, which are counted once who asks is seen to belong to it', async () => {
  const { app, ada, eve, ask, workspace, provider } = suite()
  provider.on({}, { content: 'Yes.' })
  const spend = (left: number) =>
    app.server.query(
      `insert into private.rate_limit_buckets (bucket, full_at)
       values ('ai-chat:workspace:' || $1, clock_timestamp() + make_interval(secs => 60 - $2 / 2.0))
       on conflict (bucket) do update set full_at = excluded.full_at`,
      [workspace, left],
    )
  await spend(0)
  const response = await ask(ada, { content: 'a' })
  expect(response.status).toBe(429)
  expect(Number(response.headers.get('Retry-After'))).toBeGreaterThan(0)
  expect(await response.json()).toMatchObject({ error: { code: 'rate_limited', details: 'workspace' } })
  // Nobody else spends anything of it, and who is refused for another reason neither.
  await spend(10)
  expect((await ask(eve, { content: 'a' })).status).toBe(404)
  expect((await ask(ada, { content: 'a', agent_id: crypto.randomUUID() })).status).toBe(404)
  expect(await counts()).toEqual(before)
  isRefusal = false
  const answered = await ask(ada, { content: 'a' })
  expect(answered.headers.get('RateLimit-Policy')).toBe('"questions";q=20;w=60, "workspace";q=120;w=60')
  expect(answered.headers.get('RateLimit')).toMatch(/^"questions";r=17;t=\d+, "workspace";r=(9|10);t=\d+$/)
  await answered.text()
})

it('10,000 messages: in one question, and in a conversation, which has room for 1,000', async () => {
  const { app, ada, answer, provider, workspace } = suite()
  const messages = Array.from({ length: 10_000 }, () => ({ role: 'user', content: 'a' }))
  expect(await refused({ content: 'a', messages })).toMatchObject({ status: 413 })
  expect(await refused({ content: 'a', messages: messages.slice(0, 99) })).toMatchObject({ status: 400 })

  const { rows } = await app.server.query(
    `insert into private.conversations (workspace_id, owner_id, title, agent_id, messages, head)
     values ($1, $2, 'Long', $3, 998, 998) returning id`,
    [workspace, ada.id, assistant],
  )
  const conversation_id = rows[0].id
  const fill = (from: number, to: number) =>
    app.server.query(
      `insert into private.messages (workspace_id, conversation_id, number, parent, role, status, parts, bytes)
       select $1, $2, n, nullif(n - 1, 0), case n % 2 when 1 then 'user' else 'assistant' end, 'complete',
         jsonb_build_array(jsonb_build_object('type', 'text', 'sequence', 1, 'text', repeat('Well. ', 200))), 1200
       from generate_series($3::integer, $4) as n`,
      [workspace, conversation_id, from, to],
    )
  await fill(1, 998)
  provider.on({}, { content: 'The last word.' })
  const events = await answer(ada, { agent_id: undefined, conversation_id, content: 'And?' })
  expect(textOf(events)).toBe('The last word.')
  provider.clearRequests()
  before = await counts()
  const full = { status: 409, error: { code: 'conflict', details: 'messages' } }
  expect(await refused({ agent_id: undefined, conversation_id, content: 'a' })).toMatchObject(full)
  expect(
    await refused({ agent_id: undefined, conversation_id, regenerate_of: answerIdOf(events) }),
  ).toMatchObject(full)
  // Nor by any other hand.
  await expect(fill(1_001, 10_000)).rejects.toMatchObject({ code: '23514' })
  const { data } = await ada.supabase.rpc('get_conversation', { workspace_id: workspace, conversation_id })
  const { messages: shown, next } = storedConversationSchema.parse(data)
  expect([shown.length, shown.at(-1)?.number, next]).toEqual([200, 1_000, 801])
})

it('a body that is no UTF-8', async () => {
  const { ada, chat, token } = suite()
  const response = await chat.request('/', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await token(ada)}` },
    body: Buffer.from([...Buffer.from('{"content": "'), 0xff, 0xfe, ...Buffer.from('"}')]),
  })
  expect({ status: response.status, ...((await response.json()) as object) }).toMatchObject({
    status: 400,
    error: { code: 'invalid_input', details: 'body' },
  })
})

it('an answer to continue that is not there, by the name that it was given', async () => {
  const { ada, chat, token, workspace } = suite()
  const body = {
    workspace_id: workspace,
    answer_id: crypto.randomUUID(),
    idempotency_key: crypto.randomUUID(),
  }
  const response = await chat.post(body, await token(ada), '/continue')
  expect({ status: response.status, ...((await response.json()) as object) }).toMatchObject({
    status: 404,
    error: { code: 'not_found', details: 'answer_id' },
  })
})

it('nobody, and who is not the server', async () => {
  const { ada, chat, token } = suite()
  for (const [path, who] of [
    ['/', undefined],
    ['/stop', undefined],
    ['/resume', await token(ada)],
  ] as const)
    expect((await chat.post({}, who, path)).status).toBe(401)
})

it('a question without a provider', async () => {
  const { app, ada, token, workspace } = suite()
  await using unset = await serveFunction(
    app.gateway,
    join(import.meta.dirname, '../../../functions/ai-chat/index.ts'),
  )
  const body = {
    workspace_id: workspace,
    agent_id: assistant,
    content: 'a',
    idempotency_key: crypto.randomUUID(),
  }
  const response = await unset.post(body, await token(ada))
  expect({ status: response.status, ...((await response.json()) as object) }).toMatchObject({
    status: 501,
    error: { code: 'not_configured', details: 'OPENAI_API_KEY' },
  })
})

it('what only looks bad is a question like any other', async () => {
  isRefusal = false
  const { ada, provider, answer } = suite()
  provider.on({}, { content: 'Text is text.' })
  const events = await answer(ada, { content: `<|endoftext|> ${'a'.repeat(30_000)} '; drop table x; --` })
  expect(textOf(events)).toBe('Text is text.')
  const conversation_id = events[0]?.type === 'start' ? events[0].conversationId : ''
  await suite().app.server.query('update private.conversations set archived_at = now() where id = $1', [
    conversation_id,
  ])
  expect(await refused({ agent_id: undefined, conversation_id, content: 'b' })).toMatchObject({
    status: 409,
    error: { code: 'conflict', details: 'archived' },
  })
  expect(answerIdOf(events)).toBeTruthy()
})
