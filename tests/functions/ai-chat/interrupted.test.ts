import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startDeno } from '../../../tools/deno/index.ts'
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
  until,
} from '../../support/functions/ai-chat-suite.ts'
import { platformVariables } from '../../support/functions/serve-function.ts'

// What ends or interrupts an answer of ai-chat from outside: the limits of an invocation, and a provider that fails.

const suite = chatSuite({ TEST_HAND_OVER: '1500', TEST_END: '4000' })

/** What a process took of the processors so far, as Linux counts it: in hundredths of a second. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}

describe('the limits of an invocation', () => {
  it('hand an answer over between rounds, and who reads notices nothing', async () => {
    const { ada, raw, answer, stored } = suite()
    const call = { type: 'function_call', call_id: 'c1', name: 'list_views', arguments: '{}' }
    raw.push(
      async (response) => {
        send(response, delta('I look. '))
        await pause(1700)
        send(response, { type: 'response.output_item.done', item: call })
        send(response, completed())
        response.end()
      },
      (response, body) => {
        expect(body.input).toContainEqual(expect.objectContaining({ type: 'function_call_output' }))
        send(response, delta('Done.'))
        send(response, completed())
        response.end()
      },
    )
    const events = await answer(ada, { content: 'look' })
    expect(textOf(events)).toBe('I look. Done.')
    expect(events.at(-1)).toMatchObject({ status: 'complete' })
    const { status, open, calls } = await stored(answerIdOf(events))
    expect({ status, open, calls: calls.length }).toEqual({ status: 'complete', open: 0, calls: 2 })
  })

  it('cut a stream that meets them, and the person has it continued', async () => {
    const { ada, raw, answer, chat, token, workspace, ended } = suite()
    raw.push((response) => send(response, delta('First half')))
    const events = await answer(ada, { content: 'long' })
    expect(events.at(-1)).toMatchObject({ status: 'incomplete' })
    expect(await ended(answerIdOf(events))).toMatchObject({ status: 'incomplete', open: 0 })
    raw.push((response, body) => {
      expect(JSON.stringify(body.input)).toContain('First half')
      send(response, delta(', second half.'))
      send(response, completed())
      response.end()
    })
    const more = await chat.post(
      { workspace_id: workspace, answer_id: answerIdOf(events), idempotency_key: crypto.randomUUID() },
      await token(ada),
      '/continue',
    )
    expect(textOf(await eventsOf(more))).toBe(', second half.')
  })
})

describe('a provider that fails', () => {
  const failing = (status: number, retryAfter = 0) => ({
    error: { message: 'secret words' },
    status,
    retryAfter,
  })

  it('with 429 is asked again after Retry-After, once', async () => {
    const { ada, raw, provider, answer } = suite()
    raw.push((response) => {
      response.writeHead(429, { 'retry-after': '1', 'content-type': 'application/json' }).end('{}')
    })
    provider.onMessage('busy', { content: 'Now.' })
    const began = performance.now()
    expect(textOf(await answer(ada, { content: 'busy' }))).toBe('Now.')
    expect(performance.now() - began).toBeGreaterThan(1_000)
  })

  it.each([
    ['soon is asked again then', 3, 'gpt-6-luna'],
    ['later than anybody waits is replaced by the fallback', 60, 'gpt-5.6-luna'],
  ])('with a date in Retry-After that is %s', async (_, seconds, answers) => {
    const { ada, raw, provider, answer, stored } = suite()
    const date = new Date(Date.now() + seconds * 1_000).toUTCString()
    raw.push((response) => {
      response.writeHead(429, { 'retry-after': date, 'content-type': 'application/json' }).end('{}')
    })
    provider.onMessage('dated', { content: 'Now.' })
    const began = performance.now()
    const events = await answer(ada, { content: 'dated' })
    expect(textOf(events)).toContain('Now.')
    if (seconds < 5) expect(performance.now() - began).toBeGreaterThan(950)
    expect((await stored(answerIdOf(events))).calls).toMatchObject([{ model_key: answers }])
  })

  it('before the first token is replaced by the fallback, which is said', async () => {
    const { ada, provider, answer, stored } = suite()
    provider
      .on({ userMessage: 'replace', model: 'gpt-6-luna' }, failing(500))
      .on({ userMessage: 'replace', model: 'gpt-5.6-luna' }, { content: 'Here.' })
    const events = await answer(ada, { content: 'replace' })
    expect(textOf(events)).toBe('*GPT-6 Luna did not answer, so this comes from GPT-5.6 Luna.*\n\nHere.')
    expect((await stored(answerIdOf(events))).calls).toMatchObject([{ model_key: 'gpt-5.6-luna' }])
  })

  it('with all models is told without its words, and costs nothing', async () => {
    const { ada, provider, answer, stored, chat } = suite()
    provider.onMessage('down', failing(500))
    const events = await answer(ada, { content: 'down' })
    expect(events.at(-2)).toMatchObject({ type: 'error', code: 'model_failed' })
    expect(events.at(-1)).toMatchObject({ status: 'failed' })
    expect(await stored(answerIdOf(events))).toMatchObject({
      status: 'failed',
      settled: 0,
      open: 0,
      calls: [],
    })
    expect(JSON.stringify(events) + chat.output()).not.toContain('secret words')
  })

  it.each<[string, (response: import('node:http').ServerResponse) => void]>([
    ['is cut in mid-stream', (response) => response.destroy()],
    ['ends without an end', (response) => response.end()],
    [
      'sends what is malformed',
      (response) => response.end('event: response.completed\ndata: {"type": "resp\n\n'),
    ],
  ])('and %s leaves what came, to be continued', async (_, fails) => {
    const { ada, raw, answer, stored } = suite()
    raw.push(async (response) => {
      send(response, delta('Half a sentence'))
      await pause(50)
      fails(response)
    })
    const events = await answer(ada, { content: 'broken' })
    expect(textOf(events)).toBe('Half a sentence')
    expect(events.at(-1)).toMatchObject({ status: 'incomplete' })
    const { open, settled, calls } = await stored(answerIdOf(events))
    expect({ open, calls }).toMatchObject({ open: 0, calls: [{ is_estimated: true }] })
    expect(settled).toBeGreaterThan(0)
  })

  it('and is slow to begin is waited for', async () => {
    const { ada, provider, answer } = suite()
    provider.onMessage(
      'slow',
      { content: 'At last.' },
      { latency: 0, streamingProfile: { ttft: 1500, tps: 1000 } },
    )
    expect(textOf(await answer(ada, { content: 'slow' }))).toBe('At last.')
  })
})

it('a stream of very many tiny deltas ends incomplete before the CPU time of an invocation is used up', async () => {
  const { app, ada, raw, workspace, token, providerUrl, ended } = suite()
  raw.push(async (response) => {
    for (let sent = 0; sent < 9_000 && !response.destroyed; sent += 1) {
      send(response, delta('a '))
      if (sent % 100 === 0) await pause(1)
    }
    send(response, completed())
    response.end()
  })
  await using alone = await startDeno(join(import.meta.dirname, '../../support/functions/ai-chat/index.ts'), {
    ...platformVariables(app.gateway),
    OPENAI_API_KEY: 'mock',
    OPENAI_BASE_URL: providerUrl,
  })
  const before = cpuSeconds(alone.pid)
  const response = await fetch(`${alone.url}/ai-chat`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await token(ada)}` },
    body: JSON.stringify({
      workspace_id: workspace,
      agent_id: assistant,
      content: 'spell',
      idempotency_key: crypto.randomUUID(),
    }),
  })
  const events = await eventsOf(response)
  expect(events.at(-1)).toMatchObject({ type: 'done', status: 'incomplete' })
  expect(await ended(answerIdOf(events))).toMatchObject({ status: 'incomplete', open: 0 })
  // Two seconds are what the platform gives.
  expect(cpuSeconds(alone.pid) - before).toBeLessThan(2)
}, 30_000)

it('a process that is killed leaves an interrupted answer, and its hold is released', async () => {
  const { app, ada, raw, workspace, token, stored } = suite()
  raw.push((response) => send(response, delta('Never to end ')))
  const killed = await startDeno(join(import.meta.dirname, '../../support/functions/ai-chat/index.ts'), {
    ...platformVariables(app.gateway),
    OPENAI_API_KEY: 'mock',
    OPENAI_BASE_URL: suite().providerUrl,
  })
  const response = await fetch(`${killed.url}/ai-chat`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await token(ada)}` },
    body: JSON.stringify({
      workspace_id: workspace,
      agent_id: assistant,
      content: 'die',
      idempotency_key: crypto.randomUUID(),
    }),
  })
  const events = await until(response, 'text_delta')
  const id = answerIdOf(events)
  await expect
    .poll(
      async () =>
        (await app.server.query('select last_sequence from private.answers where id = $1', [id])).rows,
    )
    .toEqual([{ last_sequence: 13 }])
  await killed[Symbol.asyncDispose]()
  expect((await stored(id)).open).toBeGreaterThan(0)
  await app.server.query(
    "update private.answers set leased_until = now() - interval '1 second' where id = $1",
    [id],
  )
  await app.server.query('select private.interrupt_lost_answers(100)')
  expect(await stored(id)).toMatchObject({
    status: 'interrupted',
    parts: [{ type: 'text_delta', text: 'Never to end ' }],
    settled: 0,
    open: 0,
  })
})
