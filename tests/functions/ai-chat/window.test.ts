import { describe, expect, it } from 'vitest'
import { fitted } from '../../../functions/ai-chat/answer/room.ts'
import { runAnswer } from '../../../functions/ai-chat/answer/run.ts'
import type { AnswerState } from '../../../functions/ai-chat/answer/state.ts'
import type { AnswerStore } from '../../../functions/ai-chat/answer/store.ts'
import { AnswerWriter } from '../../../functions/ai-chat/answer/writer.ts'
import { createLinkFilter } from '../../../functions/ai-chat/links.ts'
import { countTokens, cutToTokens, mostTokens } from '../../../functions/ai-chat/prompt/tokens.ts'
import { askChatCompletions } from '../../../functions/ai-chat/provider/chat-completions.ts'
import type { AskModel, Model, ModelEvent, ModelRequest } from '../../../functions/ai-chat/provider/index.ts'
import { askResponses } from '../../../functions/ai-chat/provider/responses.ts'
import type { AnswerEvent } from '../../../types/ai.ts'

// What tools give adds up, and a provider is never asked beyond the window of its model.

const contextTokens = 32_000
const model = {
  key: 'k',
  name: 'n',
  title: 't',
  api: 'responses' as const,
  contextTokens,
  maxOutputTokens: contextTokens,
  takesTemperature: true,
  takesTools: true,
}
const store: AnswerStore = {
  append: async () => ({ isStopAsked: false }),
  renew: async () => ({ isStopAsked: false }),
  finish: async () => undefined,
  keepSummary: async () => undefined,
}
const words = (length: number) => 'word 12,345 "ключ" 数字 '.repeat(length).slice(0, length)
const tool = { name: 'much', description: 'Much.', parameters: {}, call: async () => words(15_000) }
const calls = (count: number): ModelEvent[] =>
  Array.from({ length: count }, (_, place) => ({
    type: 'tool_call',
    callId: `c${place}`,
    name: 'much',
    arguments: '{}',
  }))

/** As a provider counts: what is sent, and what it may write. */
async function takenBy({ instructions, turns, tools }: ModelRequest): Promise<number> {
  return countTokens(instructions + JSON.stringify(turns) + JSON.stringify(tools))
}

/** Runs an answer with a model that speaks as it is told to, and that refuses what is beyond its window. */
async function ran(
  speak: (request: ModelRequest, round: number, by: Model) => ModelEvent[],
  changed: Partial<AnswerState> = {},
) {
  const state: AnswerState = {
    workspaceId: 'w',
    agentTools: ['much'],
    instructions: 'Be short.',
    fenceNonce: 'x',
    models: [model],
    temperature: null,
    maxOutputTokens: 2_000,
    turns: [{ role: 'user', content: 'How?' }],
    said: 1,
    inputTokens: 100,
    round: 0,
    calls: [],
    startedAt: Date.now(),
    ...changed,
  }
  // What is said is added to them.
  state.turns = [...state.turns]
  const asked: (Pick<ModelRequest, 'turns' | 'mustAnswer'> & { by: Model; taken: number; most: number })[] =
    []
  const ask: AskModel = async function* (by, request) {
    const taken = await takenBy(request)
    const { turns, mustAnswer, maxOutputTokens: most } = request
    asked.push({ by, taken, most, turns: [...turns], mustAnswer })
    if (taken + most > by.contextTokens) throw new Error('context_length_exceeded')
    const said = speak(request, asked.length - 1, by)
    yield* said
    const outputTokens = await countTokens(JSON.stringify(said))
    const usage = { inputTokens: taken, cachedTokens: 0, cacheWriteTokens: 0, outputTokens }
    yield { type: 'end', status: 'complete', usage }
  }
  const writer = new AnswerWriter(store, { answerId: 'a', lease: 'l' })
  const events: AnswerEvent[] = []
  writer.listen((event) => events.push(event))
  const outcome = await runAnswer(state, writer, {
    ask,
    tools: [tool],
    toolContext: { supabase: {} as never, workspaceId: 'w' },
    links: () => createLinkFilter([]),
    handOverAt: Number.POSITIVE_INFINITY,
    endAt: Date.now() + 30_000,
  })
  writer.leave()
  return { outcome, asked, events, state }
}

describe('tools that give more than a model reads at once', () => {
  it('are cut to its window, and the model is made to answer with what there is', async () => {
    const { outcome, asked, state } = await ran(({ mustAnswer }) =>
      mustAnswer ? [{ type: 'text', text: 'It grew.' }] : calls(8),
    )
    expect(outcome).toMatchObject({ kind: 'ended', status: 'complete' })
    expect(asked.length).toBeLessThan(8)
    expect(asked.map(({ mustAnswer }) => mustAnswer)).toEqual([...asked.slice(1).map(() => false), true])
    for (const { taken, most } of asked) expect(taken + most).toBeLessThanOrEqual(contextTokens)
    expect(asked.at(-1)?.taken).toBeGreaterThan(contextTokens / 2)
    const results = state.turns.filter((turn) => turn.role === 'tool_result')
    // None goes without, and none is the only one.
    for (const { output } of results.slice(0, 8)) expect(output).toContain('word 12,345')
    expect(results.at(-1)?.output).toContain('no room')
  })

  it('end it incomplete, told and to be continued, where the model does not come to answer', async () => {
    const [call] = calls(1)
    const { outcome, asked, events } = await ran((_, round) =>
      round === 0 ? calls(8) : [{ ...call, arguments: JSON.stringify({ x: words(1_500) }) } as ModelEvent],
    )
    expect(outcome).toMatchObject({ kind: 'ended', status: 'incomplete' })
    expect(events.findLast(({ type }) => type === 'error')).toMatchObject({ hint: 'Ask for less at once.' })
    expect(asked.length).toBeLessThan(8)
    for (const { taken, most } of asked) expect(taken + most).toBeLessThanOrEqual(contextTokens)
  })

  it('are there for an agent that may write as much as its model reads', async () => {
    const { outcome, asked } = await ran(
      (_, round) => (round === 0 ? calls(1) : [{ type: 'text', text: 'It grew.' }]),
      { models: [{ ...model, contextTokens: contextTokens / 2 }], maxOutputTokens: contextTokens / 2 },
    )
    expect(outcome).toMatchObject({ status: 'complete' })
    expect(asked[1]).toMatchObject({ mustAnswer: false })
  })
})

describe('a fallback that reads and writes less', () => {
  const small: Model = { ...model, key: 'small', title: 'Small', contextTokens: 8_000, maxOutputTokens: 500 }
  const down = () => {
    throw new Error('overloaded')
  }
  const grew: ModelEvent[] = [{ type: 'text', text: 'It grew.' }]

  it('is sent the newest messages that it has room for, and asked for no more than it writes', async () => {
    const turns = Array.from({ length: 21 }, (_, place) => ({
      role: place % 2 === 0 ? ('user' as const) : ('assistant' as const),
      content: `${place}: ${words(1_500)}`,
    }))
    const { outcome, asked, state } = await ran((_request, _round, by) => (by === small ? grew : down()), {
      models: [model, small],
      turns,
      said: turns.length,
      inputTokens: 20_000,
    })
    expect(outcome).toMatchObject({ kind: 'ended', status: 'complete' })
    const { by, taken, most, turns: sent = [] } = asked.at(-1) ?? {}
    expect(by).toBe(small)
    expect(asked[0]?.turns).toHaveLength(21)
    expect((taken ?? 0) + (most ?? 0)).toBeLessThanOrEqual(small.contextTokens)
    expect(most).toBe(500)
    expect(sent.length).toBeGreaterThan(2)
    expect(sent).toEqual(turns.slice(-sent.length))
    expect(sent[0]?.role).toBe('user')
    // What comes after goes on from there.
    expect(state.turns.slice(0, -1)).toEqual(sent)
  })

  it('is sent what tools gave before it, cut between its marks', async () => {
    const { outcome, asked } = await ran(
      (_request, round, by) => (round === 0 ? calls(4) : by === small ? grew : down()),
      { models: [model, small] },
    )
    expect(outcome).toMatchObject({ kind: 'ended', status: 'complete' })
    const { by, taken, most, turns = [] } = asked.at(-1) ?? {}
    expect(by).toBe(small)
    expect((taken ?? 0) + (most ?? 0)).toBeLessThanOrEqual(small.contextTokens)
    expect(turns[0]).toEqual({ role: 'user', content: 'How?' })
    const results = turns.filter((turn) => turn.role === 'tool_result')
    expect(results).toHaveLength(4)
    for (const { output } of results)
      expect(output).toMatch(/^<<data x from much\n"word 12,345 [^\n]* … \(cut: [^\n]+\)\ndata x>>$/)
  })
})

describe('a first round, whose input is only estimated', () => {
  const said = (role: 'user' | 'assistant') => ({ role, content: 'word '.repeat(4_000) })
  const turns = [said('user'), said('assistant'), said('user')]
  // As prepareAnswer estimates them.
  const inputTokens = mostTokens(turns.map(({ content }) => content).join(''))
  const grew: ModelEvent[] = [{ type: 'text', text: 'It grew.' }]
  const of = { turns, said: turns.length, inputTokens }

  it('may write what its agent lets it, where there is room for that when the input is counted', async () => {
    expect(contextTokens - inputTokens).toBeLessThan(16_000)
    const { outcome, asked } = await ran(() => grew, { ...of, maxOutputTokens: 16_000 })
    expect(outcome).toMatchObject({ status: 'complete' })
    expect(asked.map(({ most }) => most)).toEqual([16_000])
  })

  it('may write no more than there is room for, nor than its model writes', async () => {
    const { outcome, asked } = await ran(() => grew, { ...of, maxOutputTokens: contextTokens })
    expect(outcome).toMatchObject({ status: 'complete' })
    expect(asked).toHaveLength(1)
    expect(asked[0]?.most).toBeGreaterThan(contextTokens - inputTokens)
    const models = [{ ...model, maxOutputTokens: 15_000 }]
    const less = await ran(() => grew, { ...of, models, maxOutputTokens: 16_000 })
    expect(less.asked.map(({ most }) => most)).toEqual([15_000])
  })

  it('has its tools, of whichever model', async () => {
    const other = { ...model, key: 'other' }
    const { asked } = await ran(
      (_request, round, by) => {
        if (by === model) throw new Error('overloaded')
        return round <= 2 ? calls(1) : grew
      },
      { ...of, models: [model, other], inputTokens: contextTokens - 500 },
    )
    expect(asked.map(({ by, mustAnswer }) => [by.key, mustAnswer]).slice(0, 3)).toEqual([
      ['k', false],
      ['k', false],
      ['other', false],
    ])
  })
})

describe('results', () => {
  it('that have room stay as they are, whatever the others are', async () => {
    const [short, long] = [words(300), words(15_000)]
    const { outputs, tokens } = await fitted([long, short, long], 6_000)
    expect(outputs[1]).toBe(short)
    for (const place of [0, 2]) expect(outputs[place]).toMatch(/^word .* … \(cut: there is no room/)
    expect(tokens).toBeLessThanOrEqual(6_000)
    expect(await countTokens(outputs.join('\n'))).toBeLessThan(tokens)
    expect(await fitted([short, long], 60_000)).toMatchObject({ outputs: [short, long] })
  })

  it('without any room are left out, and a short one says what it says', async () => {
    const { outputs } = await fitted([words(500), 'The tool failed.'], -10)
    expect(outputs).toEqual([expect.stringMatching(/^There is no room/), 'The tool failed.'])
  })
})

it.each(['word ', '数字', 'ключ ', '👩‍👩‍👧 ', '\ud83d'])(
  'a text of %j is cut at a whole character',
  (piece) => {
    const cut = cutToTokens(piece.repeat(500), 101)
    expect(mostTokens(cut)).toBeLessThanOrEqual(101)
    expect(cut.length).toBeGreaterThan(60)
    expect(piece.repeat(500).toWellFormed().startsWith(cut.toWellFormed())).toBe(true)
  },
)

it.each([
  ['Responses', askResponses],
  ['Chat Completions', askChatCompletions],
])('who must answer is told of the tools, and may call none, by %s', async (_, ask) => {
  const sent: Record<string, unknown>[] = []
  const create = async (body: Record<string, unknown>) => {
    sent.push(body)
    return []
  }
  const client = { responses: { create }, chat: { completions: { create } } } as never
  const { signal } = new AbortController()
  const request = {
    instructions: 'Be.',
    turns: [],
    tools: [tool],
    temperature: null,
    maxOutputTokens: 9,
    signal,
  }
  for (const mustAnswer of [true, false])
    for await (const event of ask(client, model, { ...request, mustAnswer })) expect(event).toBeUndefined()
  expect(sent.map(({ tool_choice }) => tool_choice)).toEqual(['none', undefined])
  expect(sent.map(({ tools }) => (tools as unknown[]).length)).toEqual([1, 1])
})
