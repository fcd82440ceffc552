import { beforeEach, expect, it } from 'vitest'
import {
  agentSchema,
  aiModelSchema,
  aiSettingsSchema,
  aiUsageReportSchema,
  myAiUsageSchema,
  storedAgentSchema,
} from '../../../types/agents.ts'
import {
  acceptedProposalSchema,
  answerPartsSchema,
  begunAnswerSchema,
  type ConversationPatch,
  conversationListSchema,
  conversationSchema,
  foundMessagesSchema,
  proposalSchema,
  resumedAnswerSchema,
  storedConversationSchema,
  writtenAnswerSchema,
} from '../../../types/conversations.ts'
import { widget } from '../../support/dashboards/layouts.ts'
import { createSharedView } from '../../support/dashboards/view-calls.ts'
import { assistant, usage } from '../../support/database/agents.ts'
import { endpointSuite } from '../../support/http/endpoint-suite.ts'
import type { FrontEnd, Person } from '../../support/http/front-end.ts'

// The rows of docs/endpoints.md about agents: what the database has of them. What the function ai-chat does with it is
// in tests/functions/ai-chat.

let app: FrontEnd
let ada: Person
let mia: Person
let vic: Person
let eve: Person
let workspace_id: string

const people = endpointSuite()
beforeEach(() => {
  ;({ app, ada, mia, vic, eve, workspace_id } = people())
})
const server = () => app.gateway.adminClient()
const document = {
  name: 'Analyst',
  kind: 'analyst' as const,
  instructions: 'Explain.',
  tools: ['query_metrics'],
}
const nothing = '00000000-0000-4000-8000-0000000000ff'

const save = async (by: Person, more: object = {}) =>
  storedAgentSchema.parse(
    (await by.supabase.rpc('save_agent', { workspace_id, document: { ...document, ...more } })).data,
  )
const ask = async (more: object = { agent_id: assistant }) => {
  const idempotency_key = crypto.randomUUID()
  const question = { workspace_id, idempotency_key, content: 'How is revenue?', ...more }
  const { data } = await mia.supabase.rpc('begin_answer', question).throwOnError()
  return begunAnswerSchema.parse(data)
}
/** A question with its answer, as the function has it written. */
async function exchange(parts: object[] = [{ type: 'text_delta', sequence: 1, text: 'It grew.' }]) {
  const { answerId: answer_id, conversationId: conversation_id, lease } = await ask()
  const written = { answer_id, lease: lease ?? '' }
  await server()
    .rpc('append_answer', { ...written, after_sequence: 0, parts: parts as never })
    .throwOnError()
  await server()
    .rpc('finish_answer', { ...written, status: 'complete', usage: [usage()] })
    .throwOnError()
  return { answer_id, conversation_id }
}
const read = async (conversation_id: string) =>
  storedConversationSchema.parse(
    (await mia.supabase.rpc('get_conversation', { workspace_id, conversation_id })).data,
  )
const today = new Date().toISOString().slice(0, 10)

it('agents list', async () => {
  const { id } = await save(mia)
  const { data } = await mia.supabase.rpc('list_agents', { workspace_id })
  expect(
    agentSchema
      .array()
      .parse(data)
      .map(({ visibility }) => visibility),
  ).toEqual(['built_in', 'built_in', 'personal'])
  const one = await mia.supabase.rpc('get_agent', { workspace_id, agent_id: id })
  expect(storedAgentSchema.parse(one.data)).toMatchObject(document)
  expect((await ada.supabase.rpc('get_agent', { workspace_id, agent_id: id })).error).toMatchObject({
    code: 'not_found',
    details: 'agent_id',
  })
  expect((await vic.supabase.rpc('list_agents', { workspace_id })).error).toMatchObject({
    code: 'permission_denied',
    details: 'ai.use',
  })
})

it('agents create', async () => {
  const create = ({ supabase }: Person, more: object = {}) =>
    supabase.rpc('save_agent', { workspace_id, document: { ...document, ...more } })
  expect((await create(ada, { visibility: 'workspace' })).data).toMatchObject({ version: 1 })
  expect((await create(mia, { visibility: 'workspace' })).error).toMatchObject({
    code: 'permission_denied',
    details: 'ai.manage',
  })
  expect((await create(mia, { temperature: 3 })).error).toMatchObject({
    code: 'invalid_input',
    details: 'temperature',
  })
})

it('agents update', async () => {
  const { id: agent_id, version } = await save(mia)
  const update = (by: Person) =>
    by.supabase.rpc('save_agent', {
      workspace_id,
      document: { ...document, name: 'Seer' },
      agent_id,
      version,
    })
  expect((await update(mia)).data).toMatchObject({ name: 'Seer', version: 2 })
  expect((await update(mia)).error).toMatchObject({ code: 'conflict', details: '2' })
  expect((await update(ada)).error).toMatchObject({ code: 'not_found', details: 'agent_id' })
})

it('agents delete', async () => {
  const { id: agent_id } = await save(mia)
  const remove = ({ supabase }: Person, id = agent_id) =>
    supabase.rpc('delete_agent', { workspace_id, agent_id: id })
  expect((await remove(ada)).error).toMatchObject({ code: 'not_found' })
  expect((await remove(mia, assistant)).error).toMatchObject({ code: 'conflict', details: 'built_in' })
  expect((await remove(mia)).error).toBeNull()
  expect((await remove(mia)).error).toMatchObject({ code: 'not_found' })
})

it('models list', async () => {
  const { data } = await mia.supabase.rpc('list_ai_models', { workspace_id })
  expect(aiModelSchema.array().parse(data)).toContainEqual(expect.objectContaining({ key: 'gpt-6-luna' }))
  const models = await mia.supabase.from('ai_models').select()
  const prices = await mia.supabase.from('ai_model_prices').select()
  expect(models.data?.length).toBeGreaterThan(3)
  expect(prices.data).toContainEqual(expect.objectContaining({ model_key: 'gpt-6-luna', input: 0.1 }))
  expect((await vic.supabase.rpc('list_ai_models', { workspace_id })).error).toMatchObject({
    code: 'permission_denied',
  })
})

it('tools list', async () => {
  const { data } = await mia.supabase.from('ai_tools').select().order('position')
  expect(data?.map(({ key }) => key)).toEqual([
    'read_widget_data',
    'query_metrics',
    'list_views',
    'list_components',
    'explain_change',
    'propose_layout_change',
  ])
})

it('ai settings', async () => {
  const get = ({ supabase }: Person) => supabase.rpc('get_ai_settings', { workspace_id })
  const { version } = aiSettingsSchema.parse((await get(ada)).data)
  const change = () =>
    ada.supabase.rpc('save_ai_settings', { workspace_id, document: { personBudget: 50 }, version })
  expect((await change()).data).toMatchObject({ personBudget: 50, version: 1 })
  expect((await change()).error).toMatchObject({ code: 'conflict', details: '1' })
  expect((await get(mia)).error).toMatchObject({ code: 'permission_denied', details: 'ai.manage' })
})

it('conversations list', async () => {
  const { conversation_id } = await exchange()
  const list = ({ supabase }: Person, more: object = {}) =>
    supabase.rpc('list_conversations', { workspace_id, ...more })
  expect(conversationListSchema.parse((await list(mia)).data)).toMatchObject({
    conversations: [{ id: conversation_id, title: 'How is revenue?' }],
    next: null,
  })
  expect((await list(ada)).data).toMatchObject({ conversations: [] })
  expect((await list(mia, { scope: 'all' })).error).toMatchObject({ code: 'invalid_input', details: 'scope' })
  expect((await list(eve)).error).toMatchObject({ code: 'not_found' })
})

it('conversations get', async () => {
  const { conversation_id, answer_id } = await exchange()
  expect((await read(conversation_id)).messages).toMatchObject([
    { number: 1, role: 'user' },
    {
      number: 2,
      id: answer_id,
      status: 'complete',
      parts: [{ text: 'It grew.' }],
      usage: { credits: 0.015 },
    },
  ])
  const others = await ada.supabase.rpc('get_conversation', { workspace_id, conversation_id })
  expect(others.error).toMatchObject({ code: 'not_found', details: 'conversation_id' })
})

/** Changes a conversation as its owner, and tries what is refused. */
async function change(
  conversation_id: string,
  patch: ConversationPatch,
  wrong: Record<string, string | number | null>,
  field: string,
) {
  const { data } = await mia.supabase.rpc('update_conversation', { workspace_id, conversation_id, patch })
  const others = await ada.supabase.rpc('update_conversation', { workspace_id, conversation_id, patch })
  expect(others.error).toMatchObject({ code: 'not_found', details: 'conversation_id' })
  const refused = await mia.supabase.rpc('update_conversation', {
    workspace_id,
    conversation_id,
    patch: wrong as ConversationPatch,
  })
  expect(refused.error).toMatchObject({ code: 'invalid_input', details: field })
  return conversationSchema.parse(data)
}

it('conversations rename', async () => {
  const { conversation_id } = await exchange()
  const patch = { title: 'Numbers' }
  await mia.supabase.rpc('update_conversation', { workspace_id, conversation_id, patch }).throwOnError()
  expect(await change(conversation_id, patch, { title: '' }, 'title')).toMatchObject(patch)
  expect(
    (await mia.supabase.rpc('update_conversation', { workspace_id, conversation_id: nothing, patch })).error,
  ).toMatchObject({ code: 'not_found' })
})

it('conversations pin', async () => {
  const { conversation_id } = await exchange()
  const patch = { isPinned: true }
  await mia.supabase.rpc('update_conversation', { workspace_id, conversation_id, patch }).throwOnError()
  expect(await change(conversation_id, patch, { isPinned: 'yes' }, 'isPinned')).toMatchObject(patch)
  const eves = await eve.supabase.rpc('update_conversation', { workspace_id, conversation_id, patch })
  expect(eves.error).toMatchObject({ code: 'not_found' })
})

it('conversations archive', async () => {
  const { conversation_id } = await exchange()
  const patch = { isArchived: true }
  await mia.supabase.rpc('update_conversation', { workspace_id, conversation_id, patch }).throwOnError()
  expect(await change(conversation_id, patch, { isArchived: 1 }, 'isArchived')).toMatchObject(patch)
  const idempotency_key = crypto.randomUUID()
  const asked = { workspace_id, idempotency_key, content: 'And now?', conversation_id }
  expect((await mia.supabase.rpc('begin_answer', asked)).error).toMatchObject({ details: 'archived' })
  expect((await mia.supabase.rpc('list_conversations', { workspace_id })).data).toMatchObject({
    conversations: [],
  })
  const eves = await eve.supabase.rpc('update_conversation', { workspace_id, conversation_id, patch })
  expect(eves.error).toMatchObject({ code: 'not_found' })
})

it('conversations share', async () => {
  const { conversation_id } = await exchange()
  const patch = { isShared: true }
  await mia.supabase.rpc('update_conversation', { workspace_id, conversation_id, patch }).throwOnError()
  expect(await change(conversation_id, patch, { isShared: null }, 'isShared')).toMatchObject(patch)
  const { data } = await ada.supabase.rpc('get_conversation', { workspace_id, conversation_id })
  expect(storedConversationSchema.parse(data)).toMatchObject({
    isMine: false,
    messages: [{}, { usage: null }],
  })
  const eves = await eve.supabase.rpc('get_conversation', { workspace_id, conversation_id })
  expect(eves.error).toMatchObject({ code: 'not_found' })
})

it('conversations delete', async () => {
  const { conversation_id } = await exchange()
  const remove = ({ supabase }: Person) =>
    supabase.rpc('delete_conversation', { workspace_id, conversation_id })
  expect((await remove(ada)).error).toMatchObject({ code: 'not_found', details: 'conversation_id' })
  expect((await remove(mia)).error).toBeNull()
  expect((await remove(mia)).error).toMatchObject({ code: 'not_found' })
})

it('conversations branch', async () => {
  const { conversation_id } = await exchange()
  const branch = (number: number) =>
    mia.supabase.rpc('branch_conversation', { workspace_id, conversation_id, number })
  const { id } = conversationSchema.parse((await branch(2)).data)
  expect((await read(id)).messages).toHaveLength(2)
  expect((await branch(1)).error).toMatchObject({ code: 'not_found', details: 'number' })
})

it('conversations search', async () => {
  const { conversation_id } = await exchange()
  const find = ({ supabase }: Person, search: string) =>
    supabase.rpc('search_conversations', { workspace_id, search })
  expect(foundMessagesSchema.parse((await find(mia, 'grew')).data)).toMatchObject([
    { conversationId: conversation_id, number: 2, excerpt: 'It grew.' },
  ])
  expect((await find(ada, 'grew')).data).toEqual([])
  expect((await find(mia, '?')).error).toMatchObject({ code: 'invalid_input', details: 'search' })
  expect((await find(eve, 'grew')).error).toMatchObject({ code: 'not_found' })
})

it('conversations proposals', async () => {
  const shown = widget()
  const view = await createSharedView(mia, workspace_id, [shown])
  const patch = (proposalId: string) => ({
    type: 'patch',
    sequence: 1,
    proposalId,
    viewId: view.id,
    version: view.version,
    summary: 'Hide it',
    changes: [{ change: 'hide', instanceId: shown.instanceId }],
  })
  const [one, other] = [crypto.randomUUID(), crypto.randomUUID()]
  const { conversation_id } = await exchange([patch(one), { ...patch(other), sequence: 2 }])
  const { data } = await mia.supabase.rpc('list_proposals', { workspace_id, conversation_id })
  expect(proposalSchema.array().parse(data)).toHaveLength(2)
  const accept = (by: Person) => by.supabase.rpc('accept_proposal', { workspace_id, proposal_id: one })
  expect((await accept(ada)).error).toMatchObject({ code: 'not_found', details: 'proposal_id' })
  const accepted = acceptedProposalSchema.parse((await accept(mia)).data)
  expect(accepted.view.layout.widgets).toMatchObject([{ visible: false }])
  expect((await accept(mia)).error).toMatchObject({ code: 'conflict', details: 'accepted' })
  const rejected = await mia.supabase.rpc('reject_proposal', { workspace_id, proposal_id: other })
  expect(rejected.data).toMatchObject({ status: 'rejected' })
})

it('answers begin', async () => {
  const begun = await ask()
  expect(begun).toMatchObject({ isRepeated: false, agent: { id: assistant }, history: [{ role: 'user' }] })
  const begin = (by: Person, more: object) =>
    by.supabase.rpc('begin_answer', { workspace_id, idempotency_key: crypto.randomUUID(), ...more })
  const { conversationId: conversation_id } = begun
  expect((await begin(mia, { content: 'And?', conversation_id })).error).toMatchObject({
    code: 'conflict',
    details: 'running',
  })
  expect((await begin(mia, { content: ' ', agent_id: assistant })).error).toMatchObject({
    code: 'invalid_input',
    details: 'content',
  })
  expect((await begin(mia, { content: 'Hello', agent_id: nothing })).error).toMatchObject({
    code: 'not_found',
  })
  await ada.supabase.rpc('save_ai_settings', { workspace_id, document: { personBudget: 0 } }).throwOnError()
  expect((await begin(ada, { content: 'Hello', agent_id: assistant })).error).toMatchObject({
    code: 'budget_spent',
  })
})

it('answers follow', async () => {
  const { answer_id } = await exchange()
  const follow = ({ supabase }: Person, after_sequence: number) =>
    supabase.rpc('answer_parts', { answer_id, after_sequence })
  expect(answerPartsSchema.parse((await follow(mia, 0)).data)).toMatchObject({
    status: 'complete',
    parts: [{ type: 'text_delta', text: 'It grew.' }],
  })
  expect((await follow(mia, 1)).data).toMatchObject({ parts: [] })
  expect((await follow(ada, 0)).error).toMatchObject({ code: 'not_found', details: 'answer_id' })
})

it('answers stop', async () => {
  const { answerId: answer_id } = await ask()
  const stop = ({ supabase }: Person) => supabase.rpc('stop_answer', { answer_id })
  expect((await stop(mia)).data).toEqual({ answerId: answer_id, status: 'running' })
  expect((await stop(ada)).error).toMatchObject({ code: 'not_found', details: 'answer_id' })
})

it('answers write', async () => {
  const { answerId: answer_id, lease: first } = await ask()
  const lease = first ?? ''
  const parts = [{ type: 'text_delta' as const, sequence: 1, text: 'It ' }]
  const append = (client = server()) =>
    client.rpc('append_answer', { answer_id, lease, after_sequence: 0, parts })
  expect(writtenAnswerSchema.parse((await append()).data)).toMatchObject({ lastSequence: 1 })
  expect((await append(mia.supabase as never)).error).toMatchObject({ code: '42501' })
  const renewed = await server().rpc('renew_answer', {
    answer_id,
    lease,
    estimated_input_tokens: 100,
    usage: [usage()],
  })
  expect(renewed.data).toMatchObject({ credits: 0.015 })
  const summary = await server().rpc('keep_summary', { answer_id, lease, until_number: 1, summary: 'Asked.' })
  expect(summary.error).toBeNull()
  expect((await server().rpc('keep_summary', { answer_id, lease })).error).toBeNull()
  const { data } = await server().rpc('resume_answer', { answer_id, lease })
  const resumed = resumedAnswerSchema.parse(data)
  expect(resumed.parts).toEqual(parts)
  expect((await append()).error).toMatchObject({ code: 'conflict', details: 'lease' })
  const finish = (status: string) =>
    server().rpc('finish_answer', {
      answer_id,
      lease: resumed.lease ?? '',
      status: status as 'complete',
      usage: [usage()],
    })
  expect((await finish('done')).error).toMatchObject({ code: 'invalid_input', details: 'status' })
  expect((await finish('complete')).data).toMatchObject({ status: 'complete', credits: 0.015 })
})

it('ai usage', async () => {
  await exchange()
  const report = ({ supabase }: Person, by: string) =>
    supabase.rpc('ai_usage_report', { workspace_id, from_day: today, to_day: today, by: by as 'person' })
  expect(aiUsageReportSchema.parse((await report(ada, 'person')).data)).toMatchObject({
    rows: [{ key: mia.id, name: 'Mia', calls: 1 }],
    credits: 0.015,
  })
  expect((await report(mia, 'person')).error).toMatchObject({
    code: 'permission_denied',
    details: 'billing.manage',
  })
  expect((await report(ada, 'shoe size')).error).toMatchObject({ code: 'invalid_input', details: 'by' })
  const { data } = await mia.supabase.rpc('my_ai_usage', {
    workspace_id,
    from_day: today,
    to_day: today,
    by: 'model',
  })
  expect(myAiUsageSchema.parse(data)).toMatchObject({ credits: 0.015, budget: { most: null, spent: 0.015 } })
})
