import { beforeEach, expect, it } from 'vitest'
import { answerPartsSchema, begunAnswerSchema, stoppedAnswerSchema } from '../../../types/conversations.ts'
import { endpointSuite } from '../../support/http/endpoint-suite.ts'
import type { Person } from '../../support/http/front-end.ts'

// The rows of docs/endpoints.md about asking agents: what the function ai-chat asks the database, as the person. What it
// does with it is in tests/functions/ai-chat.

const agent_id = 'a0000000-0000-4000-8000-000000000001'
let ada: Person
let mia: Person
let eve: Person
let vic: Person
let workspace_id: string

const people = endpointSuite()
beforeEach(() => {
  ;({ ada, mia, eve, vic, workspace_id } = people())
})
const begin = ({ supabase }: Person, more: object = {}) =>
  supabase.rpc('begin_answer', {
    workspace_id,
    agent_id,
    content: 'How is revenue?',
    idempotency_key: crypto.randomUUID(),
    ...more,
  })
async function begun(by: Person) {
  const { data, error } = await begin(by)
  if (error) throw error
  return begunAnswerSchema.parse(data)
}

it('agents chat', async () => {
  const asked = await mia.supabase.rpc('begin_answer', {
    workspace_id,
    agent_id,
    content: 'How is revenue?',
    idempotency_key: crypto.randomUUID(),
  })
  const { conversationId: conversation_id, history } = begunAnswerSchema.parse(asked.data)
  expect(history).toMatchObject([{ role: 'user', parts: [{ type: 'text', text: 'How is revenue?' }] }])
  const again = { agent_id: undefined, conversation_id }
  expect((await begin(mia, again)).error).toMatchObject({ code: 'conflict', details: 'running' })
  expect((await begin(mia, { content: '' })).error).toMatchObject({
    code: 'invalid_input',
    details: 'content',
  })
  expect((await begin(vic)).error).toMatchObject({ code: 'permission_denied', details: 'ai.use' })
  expect((await begin(ada, again)).error).toMatchObject({ code: 'not_found', details: 'conversation_id' })
  expect((await begin(eve)).error).toMatchObject({ code: 'not_found', details: 'workspace_id' })
})

it('agents answer', async () => {
  const { answerId: answer_id } = await begun(mia)
  const read = ({ supabase }: Person) => supabase.rpc('answer_parts', { answer_id, after_sequence: 0 })
  expect(answerPartsSchema.parse((await read(mia)).data)).toMatchObject({ status: 'running', parts: [] })
  for (const other of [ada, eve]) expect((await read(other)).error).toMatchObject({ code: 'not_found' })
})

it('agents stop', async () => {
  const { answerId: answer_id } = await begun(mia)
  expect(stoppedAnswerSchema.parse((await mia.supabase.rpc('stop_answer', { answer_id })).data)).toEqual({
    answerId: answer_id,
    status: 'running',
  })
  expect((await ada.supabase.rpc('stop_answer', { answer_id })).error).toMatchObject({ code: 'not_found' })
})

it('agents continue', async () => {
  const { answerId } = await begun(mia)
  const go = (by: Person, continue_of: string) =>
    by.supabase.rpc('begin_answer', { workspace_id, continue_of, idempotency_key: crypto.randomUUID() })
  expect((await go(mia, answerId)).error).toMatchObject({ code: 'conflict', details: 'running' })
  expect((await go(ada, answerId)).error).toMatchObject({ code: 'not_found', details: 'continue_of' })
})
