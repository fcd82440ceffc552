import { beforeEach, expect, it } from 'vitest'
import {
  type NewAttachment,
  ticketListSchema,
  ticketMessageSchema,
  ticketNoteSchema,
  ticketQueueSchema,
  ticketSchema,
  ticketToAnswerSchema,
  ticketWithMessagesSchema,
} from '../../../types/support.ts'
import { endpointSuite } from '../../support/http/endpoint-suite.ts'
import type { FrontEnd, Person } from '../../support/http/front-end.ts'

// The rows of docs/endpoints.md about support.

let app: FrontEnd
let ada: Person
let mia: Person
let vic: Person
let eve: Person
let workspace_id: string

const people = endpointSuite()
beforeEach(async () => {
  ;({ app, ada, mia, vic, eve, workspace_id } = people())
  // The people are the same in every test, and what they open in a day is counted.
  await app.server.query('delete from public.support_tickets')
})

const server = () => app.gateway.adminClient()
const open = async ({ supabase }: Person, subject = 'The chart is empty') => {
  const body = 'It was there yesterday.\n\nWhere is it?'
  const asked = { workspace_id, subject, body, idempotency_key: crypto.randomUUID() }
  const { data } = await supabase.rpc('open_ticket', asked).throwOnError()
  return ticketWithMessagesSchema.parse(data)
}
const answer = (id: string, body = 'Try again.') =>
  server()
    .rpc('answer_ticket', { workspace_id, id, body, idempotency_key: crypto.randomUUID() })
    .throwOnError()

it('support open', async () => {
  const asked = { workspace_id, subject: 'Help', body: 'Where is it?', idempotency_key: crypto.randomUUID() }
  const openAs = ({ supabase }: Person, what = asked) => supabase.rpc('open_ticket', what)
  // A click that is repeated opens one.
  const [first, second] = await Promise.all([openAs(mia), openAs(mia)])
  expect(ticketWithMessagesSchema.parse(first.data)).toMatchObject({ number: 1, messages: [{ number: 1 }] })
  expect(second.data).toEqual(first.data)
  expect((await openAs(mia, { ...asked, body: 'Other' })).error).toMatchObject({ code: 'conflict' })
  expect((await openAs(mia, { ...asked, subject: '' })).error).toMatchObject({ code: 'invalid_input' })
  expect((await openAs(vic)).error).toMatchObject({ code: 'permission_denied', details: 'support.create' })
  expect((await openAs(eve)).error).toMatchObject({ code: 'not_found' })
})

it('support list', async () => {
  const { id } = await open(mia)
  const list = ({ supabase }: Person, page = {}) => supabase.rpc('list_tickets', { workspace_id, ...page })
  for (const who of [mia, ada])
    expect(ticketListSchema.parse((await list(who, { status: 'open', per_page: 5 })).data)).toMatchObject({
      tickets: [{ id, openedBy: { name: 'Mia' } }],
      next: null,
    })
  expect((await list(vic)).data).toEqual({ tickets: [], next: null })
  expect((await list(eve)).error).toMatchObject({ code: 'not_found' })
  expect((await list(mia, { per_page: 0 })).error).toMatchObject({
    code: 'invalid_input',
    details: 'per_page',
  })
})

it('support get', async () => {
  const { id } = await open(mia)
  await answer(id)
  const get = ({ supabase }: Person, after?: number) =>
    supabase.rpc('get_ticket', { workspace_id, id, after })
  expect(ticketWithMessagesSchema.parse((await get(mia, 1)).data)).toMatchObject({
    status: 'waiting',
    messages: [{ number: 2, from: 'support', author: null, body: 'Try again.' }],
    next: null,
  })
  expect((await get(vic)).error).toMatchObject({ code: 'not_found', details: 'id' })
})

it('support reply', async () => {
  const { id } = await open(mia)
  await answer(id)
  const reply = ({ supabase }: Person, body: string) =>
    supabase.rpc('reply_to_ticket', { workspace_id, id, body, idempotency_key: crypto.randomUUID() })
  const { data } = await reply(mia, 'It is still empty.')
  expect(ticketMessageSchema.parse(data)).toMatchObject({
    number: 3,
    from: 'person',
    author: { name: 'Mia' },
  })
  expect((await reply(mia, '<b>!</b>')).error).toMatchObject({ code: 'invalid_input', details: 'body' })
  expect((await reply(vic, 'Me too')).error).toMatchObject({ code: 'not_found' })
})

it('support attach', async () => {
  const { id } = await open(mia)
  const upload = ({ supabase }: Person, path: string, contentType = 'image/png') =>
    supabase.storage.from('support').upload(path, 'png', { contentType })
  const path = `${workspace_id}/${id}/${crypto.randomUUID()}.png`
  expect((await upload(mia, path)).error).toBeNull()
  expect((await upload(vic, path.replace(/[^/]*$/, `${crypto.randomUUID()}.png`))).error).toMatchObject({
    statusCode: '403',
  })
  expect((await upload(mia, path.replace('.png', '.txt'), 'text/html')).error).toMatchObject({
    statusCode: '415',
  })
  const say = (attachments: NewAttachment[]) =>
    mia.supabase.rpc('reply_to_ticket', {
      workspace_id,
      id,
      body: '',
      idempotency_key: crypto.randomUUID(),
      attachments: JSON.parse(JSON.stringify(attachments)),
    })
  const { data } = await say([{ path, name: 'Screenshot' }])
  expect(ticketMessageSchema.parse(data).attachments).toEqual([
    { path, name: 'Screenshot', type: 'image/png', size: 3 },
  ])
  expect((await say([{ path: path.replace('.png', '.pdf'), name: 'Other' }])).error).toMatchObject({
    code: 'invalid_input',
    details: 'attachments.0.path',
  })
  const download = ({ supabase }: Person) => supabase.storage.from('support').download(path)
  expect(await (await download(ada)).data?.text()).toBe('png')
  for (const who of [vic, eve]) expect((await download(who)).error).not.toBeNull()
  expect((await mia.supabase.storage.from('support').remove([path])).data).toEqual([])
  expect((await fetch(mia.supabase.storage.from('support').getPublicUrl(path).data.publicUrl)).status).toBe(
    400,
  )
})

it('support close', async () => {
  const { id } = await open(mia)
  const close = ({ supabase }: Person) => supabase.rpc('close_ticket', { workspace_id, id })
  const reopen = ({ supabase }: Person) => supabase.rpc('reopen_ticket', { workspace_id, id })
  expect((await close(vic)).error).toMatchObject({ code: 'not_found' })
  expect(ticketSchema.parse((await close(mia)).data)).toMatchObject({ status: 'closed', answerDueAt: null })
  const reply = { workspace_id, id, body: 'One more', idempotency_key: crypto.randomUUID() }
  expect((await mia.supabase.rpc('reply_to_ticket', reply)).error).toMatchObject({
    code: 'conflict',
    details: 'status',
  })
  expect(ticketSchema.parse((await reopen(ada)).data)).toMatchObject({ status: 'open' })
})

it('support queue', async () => {
  const { id } = await open(mia)
  const { data } = await server().rpc('list_tickets_to_answer', { per_page: 10 })
  expect(ticketQueueSchema.parse(data)).toMatchObject({
    tickets: [{ id, workspaceName: 'Studio', planType: 'free', isLate: false }],
    next: null,
  })
  const one = await server().rpc('get_ticket_to_answer', { workspace_id, id })
  expect(ticketToAnswerSchema.parse(one.data)).toMatchObject({ email: mia.email, notes: [] })
  const refused = await app.connect().rpc('list_tickets_to_answer')
  expect(refused.error).toMatchObject({ code: '42501' })
})

it('support answer', async () => {
  const { id } = await open(mia)
  const asked = {
    workspace_id,
    id,
    body: 'Try again.',
    idempotency_key: crypto.randomUUID(),
    attachments: [],
    status: 'solved',
  }
  const { data } = await server().rpc('answer_ticket', asked)
  expect(ticketMessageSchema.parse(data)).toMatchObject({ number: 2, from: 'support' })
  const told = await mia.supabase.from('notifications').select('kind').match({ workspace_id })
  expect(told.data).toEqual([{ kind: 'support_answer' }])
  expect((await server().rpc('answer_ticket', { ...asked, body: 'Other' })).error).toMatchObject({
    code: 'conflict',
    details: 'idempotency_key',
  })
})

it('support note', async () => {
  const { id } = await open(mia)
  const note = { workspace_id, id, body: 'Seen before', operator: 'Sam' }
  const { data } = await server().rpc('note_on_ticket', note)
  expect(ticketNoteSchema.parse(data)).toMatchObject({ operator: 'Sam', body: 'Seen before' })
  expect(JSON.stringify((await ada.supabase.rpc('get_ticket', { workspace_id, id })).data)).not.toContain(
    'Seen',
  )
  expect((await server().rpc('note_on_ticket', { ...note, body: '' })).error).toMatchObject({
    code: 'invalid_input',
  })
})

it('support update', async () => {
  const { id } = await open(mia)
  const update = (what: object) => server().rpc('update_ticket', { workspace_id, id, ...what })
  expect((await update({ status: 'solved', priority: 'high' })).data).toMatchObject({
    status: 'solved',
    priority: 'high',
  })
  expect((await update({ status: 'lost' })).error).toMatchObject({ code: 'invalid_input', details: 'status' })
  expect((await update({ id: crypto.randomUUID() })).error).toMatchObject({ code: 'not_found' })
})

it('tables of support', async () => {
  const { id } = await open(mia)
  const tickets = ({ supabase }: Person) => supabase.from('support_tickets').select().match({ workspace_id })
  const messages = ({ supabase }: Person) =>
    supabase.from('support_messages').select().match({ workspace_id, ticket_id: id }).order('number')
  for (const who of [mia, ada]) {
    expect((await tickets(who)).data).toMatchObject([{ id, subject: 'The chart is empty' }])
    expect((await messages(who)).data).toMatchObject([{ number: 1, author_id: mia.id }])
  }
  for (const who of [vic, eve])
    expect([(await tickets(who)).data, (await messages(who)).data]).toEqual([[], []])
  const levels = await eve.supabase.from('support_levels').select()
  expect(levels.data).toContainEqual({ plan_key: 'premium', priority: 'high', first_answer_hours: 8 })
  expect((await app.connect().from('support_tickets').select()).error).toMatchObject({ code: '42501' })
})
