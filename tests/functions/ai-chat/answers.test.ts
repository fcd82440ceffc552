import type { ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import type { AnswerEvent } from '../../../types/ai.ts'
import { readAnswer } from '../../../types/read-answer.ts'
import {
  answerIdOf,
  assistant,
  chatSuite,
  completed,
  delta,
  eventsOf,
  pause,
  send,
  textOf,
  typesOf,
  until,
} from '../../support/functions/ai-chat-suite.ts'

// The function ai-chat on the Deno of hosted Supabase, in two processes that answer in turn, with aimock for a provider
// and streams that are written by hand. Each answer ends in a state that is stored, and in a ledger that balances.

const suite = chatSuite()

describe('an answer', () => {
  it('streams, is stored, and is paid as the provider counts it', async () => {
    const { ada, provider, answer, stored } = suite()
    provider.onMessage('hello', {
      content: 'Hello, I am here.',
      usage: { input_tokens: 1000, output_tokens: 50 },
    })
    const events = await answer(ada, { content: 'hello' })
    expect(typesOf(events)).toEqual(['start', 'text_delta', 'usage', 'done'])
    expect(textOf(events)).toBe('Hello, I am here.')
    expect(events.at(-1)).toMatchObject({ type: 'done', status: 'complete' })
    const { status, message, parts, held, settled, open, calls } = await stored(answerIdOf(events))
    expect({ status, message, open }).toEqual({ status: 'complete', message: 'complete', open: 0 })
    expect(parts).toMatchObject([{ type: 'text_delta', text: 'Hello, I am here.' }, { type: 'usage' }])
    // 1,000 tokens of 0.1 and 50 of 0.5 dollars a million, in cents.
    expect(settled).toBeCloseTo(0.0125, 4)
    expect(held).toBeGreaterThan(settled)
    expect(calls).toMatchObject([{ model_key: 'gpt-6-luna', input_tokens: 1000, is_estimated: false }])
  })

  it('is read by supabase.functions.invoke too', async () => {
    const { ada, chat, provider, workspace, token } = suite()
    provider.onMessage('hello', { content: 'Hello.' })
    const { createClient } = await import('@supabase/supabase-js')
    const client = createClient('http://127.0.0.1:9', 'key', {
      accessToken: () => token(ada),
      global: {
        fetch: (url, init) => chat.request(new URL(String(url)).pathname.split('/ai-chat')[1] || '/', init),
      },
    })
    const body = {
      workspace_id: workspace,
      agent_id: assistant,
      content: 'hello',
      idempotency_key: crypto.randomUUID(),
    }
    const { data, error } = await client.functions.invoke('ai-chat', { body })
    expect(error).toBeNull()
    expect(textOf(await eventsOf(data))).toBe('Hello.')
  })

  it.each([
    ['negative ones', { input_tokens: -1_000_000, output_tokens: -5 }],
    ['half ones', { input_tokens: 10.5, output_tokens: 3 }],
    ['none', { input_tokens: null, output_tokens: 'many' }],
  ])('is paid by what is counted here where the provider counts %s', async (_, counted) => {
    const { ada, raw, answer, stored } = suite()
    raw.push((response) => {
      send(response, delta('Here it is.'))
      send(response, completed(counted as never))
      response.end()
    })
    const events = await answer(ada, { content: 'How?' })
    expect(events.at(-1)).toMatchObject({ type: 'done', status: 'complete' })
    const { settled, open, calls } = await stored(answerIdOf(events))
    expect(settled).toBeGreaterThan(0)
    expect({ open, calls }).toMatchObject({ open: 0, calls: [{ is_estimated: true }] })
  })

  it('counts cached tokens, which cost less, and those that are kept, which cost more', async () => {
    const { ada, raw, answer, stored } = suite()
    raw.push((response) => {
      send(response, delta('Yes.'))
      send(
        response,
        completed({
          input_tokens: 1000,
          input_tokens_details: { cached_tokens: 800, cache_write_tokens: 120 },
          output_tokens: 0,
        }),
      )
      response.end()
    })
    const events = await answer(ada, { content: 'again' })
    expect(events).toContainEqual(expect.objectContaining({ type: 'usage', cachedTokens: 800 }))
    expect((await stored(answerIdOf(events))).settled).toBeCloseTo(
      (80 * 0.1 + 120 * 0.125 + 800 * 0.01) / 10_000,
      6,
    )
  })

  it('of a model of a compatible server comes by Chat Completions', async () => {
    const { app, ada, provider, answer, workspace, asked } = suite()
    await app.server.query(
      `insert into public.ai_models (key, provider, name, title, context_tokens, max_output_tokens, capabilities)
       values ('local', 'compatible', 'llama', 'Local', 8000, 1000, '{tools,temperature}') on conflict do nothing`,
    )
    await app.server.query(
      `insert into public.ai_model_prices (model_key, holds_from, input, cached_input, output) values ('local', '2020-01-01', 1, 1, 1) on conflict do nothing`,
    )
    const { rows } = await app.server.query(
      `insert into private.agents (workspace_id, owner_id, name, kind, instructions, model_key, tools, temperature)
       values ($1, $2, 'Local', 'custom', 'Be short.', 'local', '{list_views}', 0.5) returning id`,
      [workspace, ada.id],
    )
    provider
      .on(
        { userMessage: 'views', hasToolResult: false },
        { toolCalls: [{ name: 'list_views', arguments: '{}' }] },
      )
      .on({ userMessage: 'views', hasToolResult: true }, { content: 'None yet.' })
    const events = await answer(ada, { agent_id: rows[0].id, content: 'views' })
    expect(typesOf(events)).toEqual(['start', 'tool_call', 'tool_result', 'text_delta', 'usage', 'done'])
    expect(asked()[0]).toMatchObject({ model: 'llama', temperature: 0.5, stream: true })
  })

  it('that the model refuses, and one at its limit of tokens, are told as they are', async () => {
    const { ada, raw, answer, stored } = suite()
    raw.push((response) => {
      send(response, { type: 'response.refusal.delta', delta: 'I cannot help with that.' })
      send(response, completed())
      response.end()
    })
    expect(textOf(await answer(ada, { content: 'something' }))).toBe('I cannot help with that.')
    raw.push((response) => {
      send(response, delta('It begins'))
      send(response, {
        type: 'response.incomplete',
        response: {
          incomplete_details: { reason: 'max_output_tokens' },
          usage: { input_tokens: 9, output_tokens: 9 },
        },
      })
      response.end()
    })
    const events = await answer(ada, { content: 'at length' })
    expect(events.at(-1)).toMatchObject({ status: 'incomplete' })
    expect(await stored(answerIdOf(events))).toMatchObject({ status: 'incomplete', open: 0 })
  })
})

describe('the same question sent twice', () => {
  it('is the same answer, paid once', async () => {
    const { ada, provider, answer, asked } = suite()
    provider.onMessage('once', { content: 'One answer.' })
    const question = { content: 'once', idempotency_key: crypto.randomUUID() }
    const [first, second] = [await answer(ada, question), await answer(ada, question)]
    expect(answerIdOf(second)).toBe(answerIdOf(first))
    expect(second[0]).toMatchObject({ isRepeated: true })
    expect(textOf(second)).toBe('One answer.')
    expect(asked()).toHaveLength(1)
  })

  it('at once comes from one process and is followed by the other', async () => {
    const { ada, raw, ask, asked } = suite()
    raw.push(async (response) => {
      send(response, delta('Slowly'))
      await pause(600)
      send(response, delta(' come.'))
      send(response, completed())
      response.end()
    })
    const question = { content: 'twice', idempotency_key: crypto.randomUUID() }
    const both = await Promise.all([ask(ada, question), ask(ada, question)])
    const events = await Promise.all(both.map(eventsOf))
    expect(events.map(textOf)).toEqual(['Slowly come.', 'Slowly come.'])
    expect(asked()).toHaveLength(0)
  })
})

describe('who goes away', () => {
  it('loses nothing: another process and device give the rest from where they were', async () => {
    const { ada, raw, ask, get } = suite()
    raw.push(async (response) => {
      for (const word of ['One ', 'two ', 'three ', 'four ', 'five']) {
        send(response, delta(word))
        await pause(150)
      }
      send(response, completed())
      response.end()
    })
    const before = await until(await ask(ada, { content: 'count' }), 'text_delta')
    const seen = before.at(-1)?.sequence ?? 0
    const after = await eventsOf(await get(ada, answerIdOf(before), seen))
    expect(textOf(before) + textOf(after)).toBe('One two three four five')
    expect(after.at(-1)).toMatchObject({ type: 'done', status: 'complete' })
    // In the middle of a piece that is stored in one.
    const middle = await eventsOf(await get(ada, answerIdOf(before), 5))
    expect(textOf(middle)).toBe('wo three four five')
  })

  it('in the middle of a word has the whole answer, whenever it was', async () => {
    const { ada, raw, ask, ended } = suite()
    const words = Array.from({ length: 150 }, (_, n) => `word ${n} `)
    raw.push(
      ...Array.from({ length: 12 }, () => async (response: ServerResponse) => {
        for (const word of words) {
          send(response, delta(word))
          await pause(2)
        }
        send(response, completed())
        response.end()
      }),
    )
    const left = await Promise.all(
      raw.map(async (_, n) => until(await ask(ada, { content: `question ${n}` }), 'text_delta')),
    )
    for (const events of left) {
      const { status, parts } = await ended(answerIdOf(events))
      expect(status).toBe('complete')
      expect(parts.map(({ text = '' }) => text).join('')).toBe(words.join(''))
    }
  })

  it('is nobody else', async () => {
    const { ada, mia, eve, provider, answer, get } = suite()
    provider.onMessage('mine', { content: 'Yours.' })
    const id = answerIdOf(await answer(ada, { content: 'mine' }))
    for (const other of [mia, eve])
      expect(await (await get(other, id)).json()).toMatchObject({ error: { code: 'not_found' } })
  })
})

it('who follows an answer whose conversation is deleted hears no more, and the process goes on', async () => {
  const { ada, raw, ask, get, chat, workspace } = suite()
  raw.push((response) => send(response, delta('It goes on ')))
  const [start] = await until(await ask(ada, { content: 'deleted' }), 'text_delta')
  if (start?.type !== 'start') throw new Error('The stream did not begin with start.')
  const { answerId, conversationId: conversation_id } = start
  // Of one process and of the other.
  const followers = [await get(ada, answerId), await get(ada, answerId)]
  await ada.supabase.rpc('delete_conversation', { workspace_id: workspace, conversation_id }).throwOnError()
  const heard = await Promise.all(followers.map(eventsOf))
  expect(heard.map((events) => events.some(({ type }) => type === 'done'))).toEqual([false, false])
  await pause(500)
  for (const url of chat.urls) expect((await fetch(`${url}/`, { method: 'OPTIONS' })).status).toBe(204)
})

describe('an answer that is stopped', () => {
  it('by another process keeps what came, and costs what was counted', async () => {
    const { ada, raw, ask, chat, token, ended } = suite()
    let wasGone = false
    raw.push((response) => {
      response.once('close', () => {
        wasGone = true
      })
      send(response, delta('It goes on '))
    })
    const response = await ask(ada, { content: 'forever' })
    const events: AnswerEvent[] = []
    for await (const event of readAnswer(response)) {
      events.push(event)
      if (event.type === 'text_delta')
        await chat.post({ answer_id: answerIdOf(events) }, await token(ada), '/stop')
    }
    expect(events.at(-1)).toMatchObject({ type: 'done', status: 'stopped' })
    const { status, parts, open, settled, calls } = await ended(answerIdOf(events))
    expect({ status, open }).toEqual({ status: 'stopped', open: 0 })
    expect(parts[0]).toMatchObject({ text: 'It goes on ' })
    expect(settled).toBeGreaterThan(0)
    expect(calls).toMatchObject([{ is_estimated: true }])
    await expect.poll(() => wasGone).toBe(true)
  })

  it('before its first token is stopped too', async () => {
    const { ada, raw, ask, chat, token, ended } = suite()
    raw.push(() => undefined)
    const events: AnswerEvent[] = []
    for await (const event of readAnswer(await ask(ada, { content: 'silence' }))) {
      events.push(event)
      if (event.type === 'start') await chat.post({ answer_id: event.answerId }, await token(ada), '/stop')
    }
    expect(events.at(-1)).toMatchObject({ type: 'done', status: 'stopped' })
    expect(await ended(answerIdOf(events))).toMatchObject({ settled: 0, open: 0 })
  })
})

describe('an answer that goes on, and is given again', () => {
  it('is asked to go on where the first stopped, and not to begin anew', async () => {
    const { ada, raw, answer, chat, token, workspace } = suite()
    const asked: unknown[][] = []
    const cut = (said: string) => (response: ServerResponse, body: Record<string, unknown>) => {
      asked.push(body.input as unknown[])
      send(response, delta(said))
      send(response, {
        type: 'response.incomplete',
        response: { incomplete_details: { reason: 'max_output_tokens' }, usage: null },
      })
      response.end()
    }
    raw.push(cut('One,'), cut(' two,'), cut(' zwei,'))
    const first = await answer(ada, { content: 'Count.' })
    const more = await chat.post(
      { workspace_id: workspace, answer_id: answerIdOf(first), idempotency_key: crypto.randomUUID() },
      await token(ada),
      '/continue',
    )
    const second = await eventsOf(more)
    await answer(ada, { agent_id: undefined, regenerate_of: answerIdOf(second) })
    const [question, part, goOn] = asked[1] ?? []
    expect([question, part]).toEqual([
      { role: 'user', content: 'Count.' },
      { role: 'assistant', content: 'One,' },
    ])
    expect(goOn).toMatchObject({ role: 'user', content: expect.stringContaining('Go on') })
    expect(asked[2]).toEqual(asked[1])
    // The first is given again from its question.
    raw.push(cut('Eins,'))
    await answer(ada, { agent_id: undefined, regenerate_of: answerIdOf(first) })
    expect(asked[3]).toEqual([question])
  })
})
