import { expect, it } from 'vitest'
import { AnswerWriter } from '../../../functions/ai-chat/answer/writer.ts'
import { askChatCompletions } from '../../../functions/ai-chat/provider/chat-completions.ts'
import { type ModelEvent, openModel, type Turn } from '../../../functions/ai-chat/provider/index.ts'

// What servers send and take that are compatible with OpenAI's, more or less.

const model = {
  key: 'local/llama',
  name: 'llama',
  title: 'Llama',
  api: 'chat_completions' as const,
  contextTokens: 8_000,
  maxOutputTokens: 8_000,
  takesTemperature: true,
  takesTools: true,
}

async function asked(turns: Turn[], deltas: object[] = [], finish_reason = 'stop') {
  let sent: { messages: { role: string; content: string }[] } | undefined
  const create = async (body: typeof sent) => {
    sent = body
    return [...deltas.map((delta) => ({ choices: [{ delta }] })), { choices: [{ delta: {}, finish_reason }] }]
  }
  const client = { chat: { completions: { create } } } as unknown as Parameters<typeof askChatCompletions>[0]
  const { signal } = new AbortController()
  const request = { instructions: 'Be.', turns, tools: [], temperature: null, maxOutputTokens: 9, signal }
  const events: ModelEvent[] = []
  for await (const event of askChatCompletions(client, model, request)) events.push(event)
  return {
    messages: sent?.messages.slice(1),
    calls: events.filter(({ type }) => type === 'tool_call'),
    end: events.at(-1),
  }
}

const call = (id: string | undefined, name: string | undefined, given: string, index?: number) => ({
  tool_calls: [
    { ...(index !== undefined && { index }), ...(id && { id }), function: { name, arguments: given } },
  ],
})

it.each([
  [
    'each with its index',
    [call('a', 'one', '{', 0), call('b', 'two', '{', 1), call(undefined, undefined, '}', 0)],
  ],
  ['all with one index', [call('a', 'one', '{', 0), call('b', 'two', '{', 0), call('a', undefined, '}', 0)]],
  ['without an index', [call('a', 'one', '{'), call('a', 'one', '}'), call('b', 'two', '{')]],
])('calls of tools, %s', async (_, deltas) => {
  const { calls } = await asked([], deltas)
  expect(calls).toEqual([
    { type: 'tool_call', callId: 'a', name: 'one', arguments: '{}' },
    { type: 'tool_call', callId: 'b', name: 'two', arguments: '{' },
  ])
})

it('a call without an id has one', async () => {
  const { calls } = await asked([], [call(undefined, 'one', '{', 0), call(undefined, undefined, '}', 0)])
  expect(calls).toEqual([{ type: 'tool_call', callId: 'call_0', name: 'one', arguments: '{}' }])
})

it('a question that nobody answered goes with the next one, since templates refuse two in a row', async () => {
  const { messages } = await asked([
    { role: 'user', content: 'How?' },
    { role: 'user', content: 'And why?' },
  ])
  expect(messages).toEqual([{ role: 'user', content: 'How?\n\nAnd why?' }])
})

it('an answer that went on in another is one, since templates refuse two in a row', async () => {
  const { messages } = await asked([
    { role: 'user', content: 'How?' },
    { role: 'assistant', content: 'It gr' },
    { role: 'assistant', content: 'ew.' },
    { role: 'user', content: 'Why?' },
  ])
  expect(messages).toEqual([
    { role: 'user', content: 'How?' },
    { role: 'assistant', content: 'It grew.' },
    { role: 'user', content: 'Why?' },
  ])
})

it('what is said after calls of tools is a message of its own', async () => {
  const { messages } = await asked([
    { role: 'assistant', content: 'I look.' },
    { role: 'tool_call', callId: 'a', name: 'one', arguments: '{}' },
    { role: 'assistant', content: 'Done.' },
  ])
  expect(messages?.map(({ content }) => content)).toEqual(['I look.', 'Done.'])
})

it.each([
  ['stop', 'complete'],
  ['tool_calls', 'complete'],
  ['constructor', 'complete'],
  ['length', 'incomplete'],
  ['content_filter', 'refused'],
])('an end by %s is %s', async (reason, status) => {
  expect((await asked([], [], reason)).end).toEqual({ type: 'end', status, usage: null })
})

it('half a character, which a cut leaves behind, is sent to nobody', async () => {
  let sent: Turn[] = []
  const { signal } = new AbortController()
  const turns: Turn[] = [{ role: 'tool_result', callId: 'a', output: 'Up \ud83d' }]
  const request = { instructions: '', turns, tools: [], temperature: null, maxOutputTokens: 9, signal }
  await openModel(
    async function* (_, asked) {
      sent = asked.turns
      yield { type: 'text', text: 'Yes.' }
    },
    [model],
    async () => request,
  )
  expect(sent).toEqual([{ role: 'tool_result', callId: 'a', output: 'Up \ufffd' }])
})

it('a summary that no text in the database can hold is kept without what cannot', async () => {
  const kept: string[] = []
  const store = { keepSummary: async (_: object, { text }: { text: string }) => void kept.push(text) }
  const writer = new AnswerWriter(store as never, { answerId: '', lease: '' })
  await writer.keepSummary({ until: 1, text: 'Up \0\ud83d' })
  writer.leave()
  expect(kept).toEqual(['Up \ufffd'])
})
