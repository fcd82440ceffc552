/*
 * Private channels: policies on `realtime.messages` decide who joins, who hears, who speaks, and until when.
 */
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { signToken } from '../../support/http/data-api.ts'
import {
  heard,
  startRealtime,
  subscribed,
  systemMessages,
  type TestRealtime,
} from '../../support/http/realtime.ts'

let realtime: TestRealtime

/** `read-…` topics may be read by whose id ends them, `open-…` written too; `broken` has a policy that fails. */
const policies = `
  create policy readers on realtime.messages for select to authenticated
    using (extension = 'broadcast'
      and realtime.topic() in ('read-' || (auth.jwt() ->> 'sub'), 'open-' || (auth.jwt() ->> 'sub'), 'open-all'));
  create policy writers on realtime.messages for insert to authenticated
    with check (extension = 'broadcast' and realtime.topic() in ('open-' || (auth.jwt() ->> 'sub'), 'open-all'));
  create policy broken on realtime.messages for select to authenticated
    using (case when realtime.topic() = 'broken' then 1 / (length(realtime.topic()) - 6) = 1 else false end);
  create policy headers on realtime.messages for select to authenticated
    using (realtime.topic() = 'headers'
      and current_setting('request.headers', true)::jsonb ->> 'x-secret' = 'open sesame');
  create policy quoted on realtime.messages for select to authenticated
    using (realtime.topic() = 'it''s "quoted"; drop table x');`

const ada = { sub: 'ada' }
const isPrivate = { config: { private: true } }
const said = (word: string) => ({ type: 'broadcast', event: 'said', payload: { word } }) as const

beforeAll(async () => {
  realtime = await startRealtime()
  await realtime.sql.query(policies)
})
afterAll(() => realtime[Symbol.asyncDispose]())

const refusalOf = (topic: string) =>
  `Unauthorized: You do not have permissions to read from this Channel topic: ${topic}`

describe('joining', () => {
  it('is for whom a policy lets read', async () => {
    const client = await realtime.connect(ada)
    await expect(subscribed(client.channel('read-ada', isPrivate))).resolves.toBeDefined()
    await expect(subscribed(client.channel('read-eve', isPrivate))).rejects.toThrow(refusalOf('read-eve'))
  })

  it('is denied without a token', async () => {
    const client = await realtime.connect()
    await expect(subscribed(client.channel('read-ada', isPrivate))).rejects.toThrow(refusalOf('read-ada'))
  })

  it('is denied where a policy fails, which the log tells, and the next join works', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    onTestFinished(() => log.mockRestore())
    const client = await realtime.connect(ada)
    await expect(subscribed(client.channel('broken', isPrivate))).rejects.toThrow(refusalOf('broken'))
    expect(log).toHaveBeenCalledWith(expect.stringMatching(/could not be asked: division by zero$/))
    await expect(subscribed(client.channel('open-all', isPrivate))).resolves.toBeDefined()
  })

  it('is denied to roles that the Data API does not take on', async () => {
    for (const role of ['postgres', 'supabase_admin', 'nobody']) {
      const client = await realtime.connect({ role })
      await expect(subscribed(client.channel('open-all', isPrivate))).rejects.toThrow(refusalOf('open-all'))
    }
  })

  it('takes a topic with quotes and SQL in it as a name', async () => {
    const client = await realtime.connect(ada)
    const topic = `it's "quoted"; drop table x`
    await expect(subscribed(client.channel(topic, isPrivate))).resolves.toBeDefined()
    await expect(subscribed(client.channel(`${topic};`, isPrivate))).rejects.toThrow(refusalOf(`${topic};`))
  })

  it('leaves no rows behind', async () => {
    const client = await realtime.connect(ada)
    await subscribed(client.channel('read-ada', isPrivate))
    const { rows } = await realtime.sql.query("select from realtime.messages where topic = 'read-ada'")
    expect(rows).toEqual([])
  })
})

it.each([
  [
    'of another project',
    'eyJhbGciOiJFUzI1NiJ9.eyJyb2xlIjoiYW5vbiIsImV4cCI6OTk5OTk5OTk5OX0.AAAA',
    'JwtSignatureError',
  ],
  ['that is none', 'nonsense', 'MalformedJWT: The token provided is not a valid JWT'],
])('a token %s is refused, on public channels too', async (_case, token, reason) => {
  const client = await realtime.connect()
  await client.realtime.setAuth(token)
  await expect(subscribed(client.channel('public'))).rejects.toThrow(reason)
})

it('only whom a policy lets write is heard; the others have no answer', async () => {
  const [reader, writer] = [await realtime.connect({ sub: 'all' }), await realtime.connect(ada)]
  const listening = reader.channel('open-all', isPrivate)
  const messages = heard(listening)
  const speaking = writer.channel('open-all', { config: { private: true, broadcast: { ack: true } } })
  await Promise.all([subscribed(listening), subscribed(speaking)])
  expect(await speaking.send(said('allowed'))).toBe('ok')

  const silent = writer.channel('read-ada', {
    config: { private: true, broadcast: { ack: true, self: true } },
  })
  const echoes = heard(silent)
  await subscribed(silent)
  expect(await silent.send(said('denied'), { timeout: 300 })).toBe('timed out')
  expect(messages).toEqual([said('allowed')])
  expect(echoes).toEqual([])
})

describe('a token', () => {
  const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds

  it('that has ended is refused at the join', async () => {
    const client = await realtime.connect({ ...ada, exp: inSeconds(-5) })
    await expect(subscribed(client.channel('open-ada', isPrivate))).rejects.toThrow(
      /^InvalidJWTToken: Token has expired \d+ seconds ago$/,
    )
  })

  it('that ends closes the channel, with a word, and nothing is heard any more', async () => {
    const client = await realtime.connect({ ...ada, exp: inSeconds(4) })
    const channel = client.channel('open-ada', isPrivate)
    const [system, messages] = [systemMessages(channel), heard(channel)]
    await subscribed(channel)
    await expect
      .poll(() => system)
      .toEqual([
        {
          extension: 'system',
          status: 'error',
          message: expect.stringMatching(/^Token has expired \d+ seconds ago$/),
          channel: 'open-ada',
        },
      ])
    await expect.poll(() => channel.state).toBe('closed')
    await realtime.sql.query(`select realtime.send('{}', 'said', 'open-ada')`)
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(messages).toEqual([])
  })

  it('that takes the place of one that ends keeps the channel open', async () => {
    const client = await realtime.connect()
    // It holds for two seconds at least, in which also a busy machine lets the channel be joined.
    const end = inSeconds(3)
    await client.realtime.setAuth(await signToken({ ...ada, exp: end }))
    const channel = client.channel('open-ada', isPrivate)
    const messages = heard(channel, 'said')
    await subscribed(channel)
    await client.realtime.setAuth(await signToken(ada))
    await new Promise((resolve) => setTimeout(resolve, end * 1_000 + 1_100 - Date.now()))
    expect(channel.state).toBe('joined')
    await realtime.sql.query(`select realtime.send('{"word":"kept"}', 'said', 'open-ada')`)
    await expect.poll(() => messages).toHaveLength(1)
  })

  it('of somebody who may not read closes the channel', async () => {
    const client = await realtime.connect()
    await client.realtime.setAuth(await signToken(ada))
    const channel = client.channel('open-ada', isPrivate)
    const system = systemMessages(channel)
    await subscribed(channel)
    await client.realtime.setAuth(await signToken({ sub: 'eve' }))
    await expect
      .poll(() => system.map(({ message }) => message))
      .toEqual(['You do not have permissions to read from this Channel topic: open-ada'])
    await expect.poll(() => channel.state).toBe('closed')
  })

  it('counts with the policies of its time: who was taken out is told so at the next one', async () => {
    await realtime.sql.query(
      `create policy guests on realtime.messages for select to authenticated using (realtime.topic() = 'guests')`,
    )
    const client = await realtime.connect()
    await client.realtime.setAuth(await signToken(ada))
    const channel = client.channel('guests', isPrivate)
    const messages = heard(channel, 'said')
    await subscribed(channel)
    await realtime.sql.query('drop policy guests on realtime.messages')
    await realtime.sql.query(`select realtime.send('{}', 'said', 'guests')`)
    await expect.poll(() => messages).toHaveLength(1)
    await client.realtime.setAuth(await signToken({ ...ada, again: true }))
    await expect.poll(() => channel.state).toBe('closed')
  })
})

it('policies read the headers of the client', async () => {
  const client = await realtime.connect(ada)
  await expect(subscribed(client.channel('headers', isPrivate))).rejects.toThrow(refusalOf('headers'))
  const raw = await realtime.open({}, { 'x-secret': 'open sesame' })
  const payload = { config: { private: true }, access_token: await signToken(ada) }
  raw.send(['1', '1', 'realtime:headers', 'phx_join', payload])
  await expect
    .poll(() => raw.received)
    .toContainEqual([
      '1',
      '1',
      'realtime:headers',
      'phx_reply',
      { status: 'ok', response: { postgres_changes: [] } },
    ])
})
