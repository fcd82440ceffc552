import { createClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { begunAnswerSchema } from '../../types/conversations.ts'
import { eventSchemas } from '../../types/events.ts'
import { joinLive, type LiveOptions, type Stale } from '../../types/live.ts'
import { type StoredView, storedViewSchema } from '../../types/view.ts'
import { widget } from '../support/dashboards/layouts.ts'
import { createSharedView, saveLayout, withWidget } from '../support/dashboards/view-calls.ts'
import { type FrontEnd, type Person, password, startFrontEnd } from '../support/http/front-end.ts'
import { heard, subscribed } from '../support/http/realtime.ts'

// What one person changes, the others hear: real clients on real sockets, from the database to the callback.

/** A message comes within a moment, and on a busy machine a little later. */
const soon = { timeout: 10_000 }

let app: FrontEnd
let ada: Person
let mia: Person
let eve: Person
let workspaceId: string
let view: StoredView
const one = widget({ config: { limit: 1 } })

beforeAll(async () => {
  app = await startFrontEnd({ realtimeLimits: {} })
  ;[ada, mia, eve] = await Promise.all([app.signUp('Ada'), app.signUp('Mia'), app.signUp('Eve')])
})
afterAll(async () => {
  await Promise.all([ada, mia, eve].map(({ supabase }) => supabase.realtime.disconnect()))
  await app[Symbol.asyncDispose]()
})
beforeEach(async () => {
  workspaceId = await app.createWorkspace(ada, { member: mia })
  view = await createSharedView(mia, workspaceId, [one])
})

/** Somebody with the page open: what they were told is stale, call by call. */
function pageOf({ supabase, id }: Person, options: Partial<LiveOptions> = {}) {
  const told: Stale[][] = []
  const errors: unknown[] = []
  const live = joinLive(supabase, {
    workspaceId,
    userId: id,
    async onStale(stale) {
      told.push(stale)
    },
    onError: (error) => errors.push(error),
    ...options,
  })
  onTestFinished(() => live.leave())
  /** From here on, once both channels are joined, and what was said before has come: it comes in order. */
  const settled = async (list = told) => {
    const joined = () => supabase.getChannels().filter(({ state }) => state === 'joined').length
    await expect.poll(() => joined() === 2 || errors.length > 0, soon).toBe(true)
    if (joined() < 2) return
    await app.server.query('update public.workspaces set name = $2 where id = $1', [
      workspaceId,
      crypto.randomUUID(),
    ])
    await expect.poll(() => list.flat(), soon).toContainEqual({ kind: 'workspace' })
    list.splice(0)
  }
  return { live, told, errors, settled }
}

const save = async (limit: number) => {
  const answer = await saveLayout(mia, view, withWidget(view, one.instanceId, { config: { limit } }))
  view = storedViewSchema.parse(answer.data)
  return view
}

it('a save is told of once, and who has that version already is not bothered', async () => {
  const page = pageOf(ada)
  page.live.show({ id: view.id, version: view.version })
  await page.settled()
  await save(2)
  await expect.poll(() => page.told, soon).toEqual([[{ kind: 'view', id: view.id }]])
  page.live.show({ id: view.id, version: view.version + 1 })
  await save(3)
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(page.told).toHaveLength(1)
})

it('what was read before a save, and comes after it, is stale', async () => {
  const page = pageOf(ada)
  page.live.show({ id: view.id, version: view.version + 1 })
  await page.settled()
  page.live.show({ id: view.id, version: view.version })
  await expect.poll(() => page.told, soon).toEqual([[{ kind: 'view', id: view.id }]])
})

describe('what could not be read', () => {
  it.each([
    [
      'threw',
      () => {
        throw new Error('Not now.')
      },
    ],
    ['was refused', () => Promise.reject(new Error('Not now.'))],
  ])('because it %s stays stale, and comes again with what comes next', async (_how, fail) => {
    const told: Stale[][] = []
    let isFailing = false
    const page = pageOf(ada, {
      onStale(stale) {
        told.push(stale)
        return isFailing ? fail() : Promise.resolve()
      },
    })
    await page.settled(told)
    isFailing = true
    await save(2)
    await expect.poll(() => page.errors, soon).toEqual([new Error('Not now.')])
    isFailing = false
    await app.server.query("update public.workspaces set name = 'Other' where id = $1", [workspaceId])
    const stale = { kind: 'view', id: view.id }
    await expect.poll(() => told, soon).toEqual([[stale], [stale, { kind: 'workspace' }]])
  })
})

it('what came while something could not be read is read at once, and that with it', async () => {
  const told: Stale[][] = []
  let fail: ((error: Error) => void) | undefined
  let isFailing = false
  const page = pageOf(ada, {
    onStale(stale) {
      told.push(stale)
      if (!isFailing) return Promise.resolve()
      return new Promise((_resolve, reject) => {
        fail = reject
      })
    },
  })
  await page.settled(told)
  isFailing = true
  await save(2)
  await expect.poll(() => told).toHaveLength(1)
  isFailing = false
  const heardOf = new Promise<void>((resolve) => {
    ada.supabase
      .getChannels()
      .find(({ topic }) => topic.endsWith(workspaceId))
      ?.on('broadcast', { event: 'workspace:updated' }, () => resolve())
  })
  await app.server.query("update public.workspaces set name = 'Other' where id = $1", [workspaceId])
  await heardOf
  fail?.(new Error('Not now.'))
  await expect.poll(() => told.at(1)).toEqual([{ kind: 'workspace' }, { kind: 'view', id: view.id }])
})

it('an answer that begins and ends on another device is told of to its person alone', async () => {
  const [page, other] = [pageOf(mia), pageOf(ada)]
  await page.settled()
  await other.settled()
  // What settles the other is told here as well.
  await expect.poll(() => page.told.splice(0).flat(), soon).toContainEqual({ kind: 'workspace' })
  const { data } = await mia.supabase
    .rpc('begin_answer', {
      workspace_id: workspaceId,
      agent_id: 'a0000000-0000-4000-8000-000000000001',
      content: 'How is revenue?',
      idempotency_key: crypto.randomUUID(),
    })
    .throwOnError()
  const { answerId, lease } = begunAnswerSchema.parse(data)
  await expect.poll(() => page.told, soon).toEqual([[{ kind: 'conversations' }]])
  page.told.splice(0)
  await app.server.query("select public.finish_answer($1, $2, 'complete', '[]')", [answerId, lease])
  await expect.poll(() => page.told, soon).toEqual([[{ kind: 'conversations' }]])
  expect(other.told.flat()).not.toContainEqual({ kind: 'conversations' })
})

it('a channel that the server closes is joined anew', async () => {
  const page = pageOf(ada)
  await page.settled()
  const [channel] = ada.supabase.getChannels()
  // More than a client may say in half a minute: the server closes the channel.
  for (let call = 0; call < 6; call += 1) void channel?.track({ call })
  await expect.poll(() => channel?.state, soon).toBe('closed')
  await expect.poll(() => page.told.flat(), soon).toContainEqual({ kind: 'everything' })
  page.told.splice(0)
  await save(2)
  await expect.poll(() => page.told, soon).toEqual([[{ kind: 'view', id: view.id }]])
})

it('who leafs through many views at once stays on the channel', async () => {
  const page = pageOf(ada)
  await page.settled()
  for (let leaf = 0; leaf < 8; leaf += 1) {
    page.live.show({ id: leaf % 2 ? view.id : crypto.randomUUID(), version: 100 })
    await new Promise((resolve) => setTimeout(resolve, 40))
  }
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(ada.supabase.getChannels().map(({ state }) => state)).toEqual(['joined', 'joined'])
  expect(page.told.flat()).not.toContainEqual({ kind: 'everything' })
})

it('who leaves and joins again at once hears, and who has left does not', async () => {
  const first = pageOf(ada)
  void first.live.leave()
  const page = pageOf(ada)
  await page.settled()
  await save(2)
  await expect.poll(() => page.told, soon).toEqual([[{ kind: 'view', id: view.id }]])
  expect(first.told).toEqual([])
  expect(page.errors).toEqual([])
})

it('everything is to be read once at the start, though one channel is joined later than the other', async () => {
  class SlowForPeople extends WebSocket {
    override set onmessage(hear: ((event: MessageEvent) => void) | null) {
      super.onmessage = (event) =>
        void setTimeout(() => hear?.(event), String(event.data).includes(ada.id) ? 300 : 0)
    }
  }
  const { data } = await ada.supabase.auth.getSession()
  const supabase = createClient(app.gateway.url, app.gateway.publishableKey, {
    accessToken: async () => data.session?.access_token ?? null,
    realtime: { transport: SlowForPeople as never },
  })
  onTestFinished(() => void supabase.realtime.disconnect())
  const page = pageOf({ ...ada, supabase })
  const joined = () => supabase.getChannels().filter(({ state }) => state === 'joined').length
  const everything = () => page.told.flat().filter(({ kind }) => kind === 'everything').length
  await expect.poll(joined, { interval: 5 }).toBe(1)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect([joined(), everything()]).toEqual([1, 0])
  await expect.poll(joined, soon).toBe(2)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(everything()).toBe(1)
})

it('what is rolled back is never said', async () => {
  const page = pageOf(ada)
  await page.settled()
  await app.server.query('begin')
  await app.server.query("update public.workspaces set name = 'Never' where id = $1", [workspaceId])
  await app.server.query('rollback')
  await app.server.query("update public.workspaces set name = 'Other' where id = $1", [workspaceId])
  await expect.poll(() => page.told, soon).toEqual([[{ kind: 'workspace' }]])
})

it('everything is to be read again after a connection was lost', async () => {
  const page = pageOf(ada)
  await page.settled()
  ada.supabase.realtime.disconnect()
  await save(2)
  ada.supabase.realtime.connect()
  await expect.poll(() => page.told.flat(), { timeout: 20_000 }).toContainEqual({ kind: 'everything' })
}, 30_000)

it('who is here is seen, and seen to leave', async () => {
  const people: string[][] = []
  const page = pageOf(ada, { onPresence: (all) => people.push(all.map(({ userId }) => userId).sort()) })
  await page.settled()
  const other = pageOf(mia)
  await expect.poll(() => people.at(-1), { timeout: 10_000 }).toEqual([ada.id, mia.id].sort())
  await other.live.leave()
  await expect.poll(() => people.at(-1), { timeout: 10_000 }).toEqual([ada.id])
})

/** Another browser of somebody's. */
async function anotherBrowser({ email, id }: Person): Promise<Person> {
  const supabase = app.connect()
  await supabase.auth.signInWithPassword({ email, password })
  onTestFinished(async () => void (await supabase.realtime.disconnect()))
  return { supabase, email, id }
}

describe.each([
  ['signs out', ({ auth }: Person['supabase']) => auth.signOut({ scope: 'local' })],
  [
    'signs in as somebody else',
    ({ auth }: Person['supabase']) => auth.signInWithPassword({ email: eve.email, password }),
  ],
])('who %s', (_how, go) => {
  it('hears nothing more, and is seen to leave', async () => {
    const people: string[][] = []
    const other = pageOf(ada, { onPresence: (all) => people.push(all.map(({ userId }) => userId).sort()) })
    const browser = await anotherBrowser(mia)
    const page = pageOf(browser)
    await Promise.all([other.settled(), page.settled()])
    await expect.poll(() => people.at(-1)).toEqual([ada.id, mia.id].sort())
    await go(browser.supabase)
    await expect.poll(() => people.at(-1)).toEqual([ada.id])
    other.told.splice(0)
    page.told.splice(0)
    await save(2)
    await expect.poll(() => other.told).toHaveLength(1)
    expect(browser.supabase.getChannels()).toEqual([])
    expect(page.told).toEqual([])
    expect(page.errors).toEqual([])
  })
})

it('who leaves twice takes nothing from who joined meanwhile', async () => {
  const browser = await anotherBrowser(ada)
  const first = pageOf(browser)
  await first.settled()
  await first.live.leave()
  const page = pageOf(browser)
  await page.settled()
  await first.live.leave()
  expect(browser.supabase.getChannels()).toHaveLength(2)
  await save(2)
  await expect.poll(() => page.told).toEqual([[{ kind: 'view', id: view.id }]])
})

it('who has two tabs is seen at the view that one looks at', async () => {
  const places: (string | null | undefined)[] = []
  const page = pageOf(ada, {
    onPresence: (all) => places.push(all.find(({ userId }) => userId === mia.id)?.viewId),
  })
  await page.settled()
  const views = [crypto.randomUUID(), crypto.randomUUID()]
  for (const id of views) pageOf(await anotherBrowser(mia)).live.show({ id, version: 1 })
  for (const id of views) {
    page.live.show({ id, version: 1 })
    await expect.poll(() => places.at(-1)).toBe(id)
  }
})

describe('an outsider', () => {
  it.each(['workspace', 'user'])('is refused on the channel of a %s', async (kind) => {
    const topic = kind === 'workspace' ? `workspace:${workspaceId}` : `user:${ada.id}`
    const channel = eve.supabase.channel(topic, { config: { private: true } })
    onTestFinished(() => void eve.supabase.removeChannel(channel))
    await expect(subscribed(channel)).rejects.toThrow('Unauthorized')
  })

  it('hears nothing on a public channel of the same name', async () => {
    const channel = eve.supabase.channel(`workspace:${workspaceId}`)
    onTestFinished(() => void eve.supabase.removeChannel(channel))
    const messages = heard(channel)
    await subscribed(channel)
    const page = pageOf(ada)
    await page.settled()
    await save(2)
    await expect.poll(() => page.told, soon).toHaveLength(1)
    expect(messages).toEqual([])
  })
})

it('a member broadcasts nothing', async () => {
  const page = pageOf(ada)
  await page.settled()
  const channel = mia.supabase.channel(`workspace:${workspaceId}`, { config: { private: true } })
  onTestFinished(() => void mia.supabase.removeChannel(channel))
  await subscribed(channel)
  const payload = { workspaceId, updatedAt: new Date().toISOString() }
  await channel.send({ type: 'broadcast', event: 'workspace:updated', payload })
  await app.server.query("update public.workspaces set name = 'True' where id = $1", [workspaceId])
  await expect.poll(() => page.told, soon).toEqual([[{ kind: 'workspace' }]])
})

it('who is removed hears it on their own channel at once', async () => {
  const channel = mia.supabase.channel(`user:${mia.id}`, { config: { private: true } })
  onTestFinished(() => void mia.supabase.removeChannel(channel))
  const messages: unknown[] = []
  channel.on('broadcast', { event: 'session:changed' }, ({ payload }) => {
    messages.push(eventSchemas['session:changed'].parse(payload))
  })
  await mia.supabase.realtime.setAuth()
  await subscribed(channel)
  // That they joined the workspace may still be on its way.
  await new Promise((resolve) => setTimeout(resolve, 500))
  messages.splice(0)
  await ada.supabase.rpc('remove_member', { workspace_id: workspaceId, user_id: mia.id })
  await expect.poll(() => messages, soon).toEqual([{ workspaceId }])
})
