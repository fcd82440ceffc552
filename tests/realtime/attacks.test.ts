import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { layoutOf } from '../support/dashboards/layouts.ts'
import { type FrontEnd, type Person, startFrontEnd } from '../support/http/front-end.ts'
import { openSocket, type RawSocket } from '../support/http/realtime.ts'

// An outsider, a viewer and somebody without an account, with raw sockets and HTTP, at the channels of a workspace and of
// somebody else. What they may is tried beside what they may not.

let app: FrontEnd
let ada: Person
let alan: Person
let eve: Person
let workspaceId: string

beforeAll(async () => {
  app = await startFrontEnd({ realtimeLimits: { joinsPerSecond: 1e6, messagesPerSecond: 1e6 } })
  ;[ada, alan, eve] = await Promise.all([app.signUp('Ada'), app.signUp('Alan'), app.signUp('Eve')])
  workspaceId = await app.createWorkspace(ada, { viewer: alan })
})
afterAll(() => app[Symbol.asyncDispose]())

const tokenOf = async ({ supabase }: Person) =>
  (await supabase.auth.getSession()).data.session?.access_token ?? ''

async function open(): Promise<RawSocket> {
  const raw = await openSocket(app.gateway)
  onTestFinished(() => raw.socket.terminate())
  return raw
}

/** The answers to joins, by topic: ok, or the reason. */
const answersOf = ({ received }: RawSocket) =>
  received.flatMap((frame) => {
    const [, , topic, event, payload] = Array.isArray(frame) ? frame : []
    return event === 'phx_reply' ? [[topic, payload.response.reason ?? payload.status]] : []
  })

const joining = (topic: string, config: object, access_token?: string) => [
  topic,
  topic,
  `realtime:${topic}`,
  'phx_join',
  { config, ...(access_token !== undefined && { access_token }) },
]

/** What a channel is told, as its frames. */
const said = ({ received }: RawSocket, event: string) =>
  received.filter((frame) => Buffer.isBuffer(frame) && frame.includes(event))

const tellWorkspace = () =>
  ada.supabase
    .rpc('create_view', {
      workspace_id: workspaceId,
      name: 'Told',
      visibility: 'workspace',
      layout: layoutOf(),
    })
    .throwOnError()

const spellings = (id: string, userId: string) => [
  `Workspace:${id}`,
  `workspace:${id.toLowerCase()}`,
  `workspace:${id} `,
  ` workspace:${id}`,
  `workspace:${id}\n`,
  `workspace:${id}\u200b`,
  `realtime:workspace:${id}`,
  `workspace%3A${id}`,
  'workspace:*',
  'workspace:%',
  'workspace:',
  'workspace:null',
  `workspace:${id}' or '1'='1`,
  `user:${userId}`,
  `user:${userId.toUpperCase()}`,
  'user:%',
  'user:',
  'user:null',
]

it.each(['nobody', 'an outsider', 'a viewer'])(
  '%s joins only what is theirs, however it is spelled',
  async (who) => {
    const person = { 'an outsider': eve, 'a viewer': alan }[who]
    const token = person && (await tokenOf(person))
    const raw = await open()
    const isViewer = person === alan
    const topics = [`workspace:${workspaceId}`, ...spellings(workspaceId, ada.id)]
    for (const topic of topics)
      raw.send(joining(topic, { private: true, presence: { enabled: true } }, token))
    await expect.poll(() => answersOf(raw)).toHaveLength(topics.length)
    const joined = answersOf(raw).filter(([, answer]) => answer === 'ok')
    expect(joined).toEqual(isViewer ? [[`realtime:workspace:${workspaceId}`, 'ok']] : [])
  },
)

it('whoever joins it as a public one hears nothing, whatever stands for public', async () => {
  const [raw, member] = [await open(), await open()]
  const publics = [false, 0, 'no', null, {}, []]
  for (const flag of publics)
    raw.send(joining(`workspace:${workspaceId}`, { private: flag }, await tokenOf(eve)))
  member.send(joining(`workspace:${workspaceId}`, { private: true }, await tokenOf(alan)))
  await expect.poll(() => answersOf(raw)).toHaveLength(publics.length)
  await expect.poll(() => answersOf(member)).toHaveLength(1)
  await tellWorkspace()
  await expect.poll(() => said(member, 'dashboard:updated').length).toBeGreaterThan(0)
  expect(said(raw, 'dashboard:updated')).toEqual([])
})

it('nobody broadcasts over HTTP or writes messages, and whoever tries hears no difference', async () => {
  const member = await open()
  member.send(joining(`workspace:${workspaceId}`, { private: true }, await tokenOf(ada)))
  await expect.poll(() => answersOf(member)).toHaveLength(1)
  const { url, publishableKey } = app.gateway
  const topic = `workspace:${workspaceId}`
  const messages = [{ topic, event: 'forged', payload: {}, private: true }]
  for (const token of [undefined, await tokenOf(eve), await tokenOf(alan), await tokenOf(ada)]) {
    const post = async (path: string, body: object) => {
      const response = await fetch(`${url}${path}`, {
        method: 'POST',
        headers: {
          apikey: publishableKey,
          'content-type': 'application/json',
          'content-profile': 'realtime',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(body),
      })
      return response.status
    }
    expect(await post('/realtime/v1/api/broadcast', { messages })).toBe(202)
    expect(await post(`/realtime/v1/api/broadcast/${topic}/events/forged?private=true`, {})).toBe(202)
    // The schema is not served.
    expect(await post('/rest/v1/messages', { topic, extension: 'broadcast', event: 'forged' })).toBe(406)
    expect(await post('/rest/v1/rpc/send', { payload: {}, event: 'forged', topic })).toBe(406)
  }
  const before = said(member, 'dashboard:updated').length
  await tellWorkspace()
  await expect.poll(() => said(member, 'dashboard:updated').length).toBeGreaterThan(before)
  expect(said(member, 'forged')).toEqual([])
})

it('the token of an outsider, in the place of a member’s, ends the channel at once', async () => {
  const raw = await open()
  const topic = `realtime:workspace:${workspaceId}`
  raw.send(joining(`workspace:${workspaceId}`, { private: true }, await tokenOf(alan)))
  raw.send([topic, '2', topic, 'access_token', { access_token: await tokenOf(eve) }])
  await expect
    .poll(() => raw.received.at(-1))
    .toEqual([`workspace:${workspaceId}`, `workspace:${workspaceId}`, topic, 'phx_close', {}])
  raw.send([topic, '3', topic, 'presence', { type: 'presence', event: 'track', payload: {} }])
  await expect.poll(() => answersOf(raw).at(-1)).toEqual([topic, 'unmatched topic'])
  const before = said(raw, 'dashboard:updated').length
  await tellWorkspace()
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(said(raw, 'dashboard:updated')).toHaveLength(before)
})

it('what was said before is said again to members alone', async () => {
  await tellWorkspace()
  const [outside, member] = [await open(), await open()]
  const broadcast = { replay: { since: 1, limit: 25 } }
  for (const topic of [`workspace:${workspaceId}`, `user:${ada.id}`]) {
    outside.send(joining(topic, { private: true, broadcast }, await tokenOf(eve)))
    member.send(joining(topic, { private: true, broadcast }, await tokenOf(alan)))
  }
  await expect.poll(() => answersOf(member)).toHaveLength(2)
  await expect.poll(() => answersOf(outside)).toHaveLength(2)
  expect(said(member, 'dashboard:updated').length).toBeGreaterThan(0)
  expect(said(member, `user:${ada.id}`)).toEqual([])
  expect(outside.received.filter((frame) => Buffer.isBuffer(frame))).toEqual([])
})

it.each([
  ['everything', { schema: '*' }],
  ['what clients reach', { schema: 'public' }],
  ['members', { schema: 'public', table: 'workspace_members' }],
  ['accounts', { schema: 'auth', table: 'users' }],
  ['what is private', { schema: 'private', table: 'view_versions' }],
  ['messages', { schema: 'realtime', table: 'messages' }],
  ['a condition with SQL in it', { schema: 'public', table: 'themes', filter: "id=eq.1' or 1=1--" }],
  ['a schema with SQL in it', { schema: "public'; drop schema public--", table: 'x' }],
])('changes of rows are told to nobody: %s', async (_what, change) => {
  const raw = await open()
  raw.send(joining('changes', { postgres_changes: [{ event: '*', ...change }] }, await tokenOf(ada)))
  await expect
    .poll(() => raw.received.at(-1))
    .toEqual([
      'changes',
      null,
      'realtime:changes',
      'system',
      {
        extension: 'postgres_changes',
        status: 'error',
        channel: 'changes',
        message: expect.stringContaining('Unable to subscribe to changes with given parameters.'),
      },
    ])
})
