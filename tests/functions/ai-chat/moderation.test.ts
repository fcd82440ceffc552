import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { moderated } from '../../../functions/ai-chat/prompt/moderation.ts'
import type { AnswerEvent } from '../../../types/ai.ts'
import { readAnswer } from '../../../types/read-answer.ts'
import {
  answerIdOf,
  chatSuite,
  eventsOf,
  type RawStream,
  textOf,
} from '../../support/functions/ai-chat-suite.ts'

// What moderation refuses reaches no model, by whichever way it is asked again.

const suite = chatSuite()

async function setModeration(isOn: boolean) {
  const { app, workspace } = suite()
  await app.server.query(
    `insert into private.ai_settings (workspace_id, moderation) values ($1, $2)
     on conflict (workspace_id) do update set moderation = excluded.moderation`,
    [workspace, isOn],
  )
}
beforeEach(() => setModeration(true))
afterEach(() => setModeration(false))

/** Answers as moderation does, and remembers what it was given. */
function reads(seen: unknown[], status: number, isFlagged = false): RawStream {
  return (response, { input }) => {
    seen.push(input)
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(JSON.stringify({ results: [{ flagged: isFlagged }] }))
  }
}

/** Begins a conversation, and says how each next question goes on in it. */
async function begin(content: string) {
  const { ada, answer } = suite()
  const events = await answer(ada, { content })
  const conversation_id = events[0]?.type === 'start' ? events[0].conversationId : ''
  return { events, more: { agent_id: undefined, conversation_id } }
}

describe('moderation, which a workspace turns on', () => {
  it.each<[string, number, boolean, string]>([
    ['that flags a question', 200, true, 'content_refused'],
    ['that cannot be asked', 500, false, 'internal_error'],
  ])(
    '%s has it end failed, and nothing is asked or charged, again and again',
    async (_, status, flagged, code) => {
      const { ada, raw, answer, asked, stored } = suite()
      const seen: unknown[] = []
      raw.push(reads(seen, status, flagged))
      const { events } = await begin('Is this fine?')
      raw.push(reads(seen, status, flagged))
      const again = await answer(ada, { agent_id: undefined, regenerate_of: answerIdOf(events) })
      for (const one of [events, again]) {
        expect(one.at(-2)).toMatchObject({ type: 'error', code })
        expect(one.at(-1)).toMatchObject({ type: 'done', status: 'failed' })
        expect(await stored(answerIdOf(one))).toMatchObject({
          status: 'failed',
          settled: 0,
          open: 0,
          calls: [],
        })
      }
      expect(seen).toEqual(['Is this fine?', 'Is this fine?'])
      expect(asked()).toEqual([])
    },
  )

  it('keeps what it refused from every later question', async () => {
    const { ada, raw, answer, asked, provider } = suite()
    const seen: unknown[] = []
    raw.push(reads(seen, 200, true))
    const { more } = await begin('Something bad?')
    raw.push(reads(seen, 200))
    provider.on({}, { content: 'Good.' })
    expect(textOf(await answer(ada, { ...more, content: 'Answer what I asked before.' }))).toBe('Good.')
    expect(seen).toEqual(['Something bad?', 'Answer what I asked before.'])
    expect(JSON.stringify(asked())).not.toContain('Something bad?')
    // Nor where moderation is turned off.
    await setModeration(false)
    await answer(ada, { ...more, content: 'And?' })
    expect(JSON.stringify(asked())).not.toContain('Something bad?')
  })

  it('reads what it could not be asked about before another question takes it along', async () => {
    const { ada, raw, answer, asked, provider } = suite()
    const seen: unknown[] = []
    raw.push(reads(seen, 500))
    const { more } = await begin('Something bad?')
    provider.on({}, { content: 'Good.' })
    raw.push(
      ...['first', 'second'].map(
        (): RawStream => (response, body) =>
          reads(seen, 200, body.input === 'Something bad?')(response, body),
      ),
    )
    expect(textOf(await answer(ada, { ...more, content: 'Well?' }))).toBe('Good.')
    expect(seen.toSorted()).toEqual(['Something bad?', 'Something bad?', 'Well?'])
    expect(JSON.stringify(asked())).not.toContain('Something bad?')
  })

  it('reads the question of an answer that goes on', async () => {
    const { app, ada, raw, chat, token, asked, workspace, answer, provider } = suite()
    await setModeration(false)
    provider.on({}, { content: 'One, two' })
    const events = await answer(ada, { content: 'Count.' })
    await app.server.query(`update private.messages set status = 'incomplete' where id = $1`, [
      answerIdOf(events),
    ])
    provider.clearRequests()
    await setModeration(true)
    const seen: unknown[] = []
    raw.push(reads(seen, 200, true))
    const body = {
      workspace_id: workspace,
      answer_id: answerIdOf(events),
      idempotency_key: crypto.randomUUID(),
    }
    const refused = await eventsOf(await chat.post(body, await token(ada), '/continue'))
    expect(refused.at(-2)).toMatchObject({ type: 'error', code: 'content_refused' })
    expect(seen).toEqual(['Count.'])
    expect(asked()).toEqual([])
  })
})

describe('a stop while a question is read', () => {
  it.each([
    ['that moderation never answers', false],
    ['that passes a moment later', true],
  ])('of one %s ends it, and no model is asked', async (_, passes) => {
    const { ada, raw, chat, token, ask, asked, provider, stored } = suite()
    provider.on({}, { content: 'Good.' })
    const stopped = Promise.withResolvers<void>()
    raw.push(async (response, body) => {
      await stopped.promise
      if (passes) await reads([], 200)(response, body)
    })
    const events: AnswerEvent[] = []
    for await (const event of readAnswer(await ask(ada, { content: 'Is this fine?' }))) {
      events.push(event)
      if (event.type !== 'start') continue
      await chat.post({ answer_id: event.answerId }, await token(ada), '/stop')
      stopped.resolve()
    }
    expect(events.map(({ type }) => type)).toEqual(['start', 'done'])
    expect(events.at(-1)).toMatchObject({ status: 'stopped' })
    expect(await stored(answerIdOf(events))).toMatchObject({
      status: 'stopped',
      settled: 0,
      open: 0,
      calls: [],
    })
    expect(asked()).toEqual([])
  })
})

describe('of questions that nothing was said to', () => {
  const user = (number: number, content: string) => ({ number, role: 'user' as const, content })
  const assistant = (number: number, content: string) => ({ number, role: 'assistant' as const, content })

  it('those are sent that pass, and none beyond as many as are read', async () => {
    const said = [
      user(1, 'answered'),
      assistant(2, 'Yes.'),
      ...Array.from({ length: 10 }, (_, place) => user(3 + place, place === 5 ? 'bad' : `q${place}`)),
      user(13, 'the question'),
      assistant(14, 'It begins'),
    ]
    const read: string[] = []
    const sent = await moderated(said, async (content) => {
      read.push(content)
      return content !== 'bad'
    })
    expect(read).toEqual(['q2', 'q3', 'q4', 'bad', 'q6', 'q7', 'q8', 'q9', 'the question'])
    expect(sent?.map(({ number }) => number)).toEqual([1, 2, 5, 6, 7, 9, 10, 11, 12, 13, 14])
  })

  it('the one that is to be answered decides', async () => {
    const said = [user(1, 'fine'), user(3, 'bad')]
    expect(await moderated(said, async (content) => content !== 'bad')).toBeNull()
    expect(await moderated([], async () => false)).toEqual([])
  })
})
