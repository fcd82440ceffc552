import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { type Actor, actAs, anonymous, clientError, service } from '../../support/database/act.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { machine } from '../../support/people/api-keys.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'
import { openTicket, putTicketFile, reply, turn } from '../../support/people/tickets.ts'

// Files of tickets, as Storage asks the policies.

const story = policySuite()

const upload = async (client: pg.Client, actor: Actor, path: string, bucket = 'support') => {
  try {
    const { rowCount } = await actAs(
      client,
      actor,
      'insert into storage.objects (bucket_id, name, owner_id) values ($1, $2, $3)',
      [bucket, path, actor.sub],
    )
    return rowCount === 1
  } catch (error) {
    expect(error).toMatchObject({ code: '42501' })
    return false
  }
}
const seen = async (client: pg.Client, actor: Actor) =>
  (await actAs(client, actor, "select from storage.objects where bucket_id = 'support'")).rowCount

describe('the folder of a ticket', () => {
  it(
    'takes files of who may write to it, under a name of its form, and few',
    story(async (client) => {
      const ticket = await openTicket(client, member)
      const path = (name = `${randomUUID()}.png`, id = ticket.id, workspace = ours) =>
        `${workspace}/${id}/${name}`
      expect(await upload(client, member, path())).toBe(true)
      expect(await upload(client, admin, path(`${randomUUID()}.pdf`))).toBe(true)
      for (const actor of [
        viewer,
        outsider,
        suspended,
        anonymous,
        await machine(client, ['dashboards.read']),
      ])
        expect(await upload(client, actor, path())).toBe(false)
      for (const wrong of [
        path('me.png'),
        path(`${randomUUID()}.html`),
        path(`${randomUUID()}.png/x.png`),
        path(`${randomUUID().toUpperCase()}.png`),
        path(undefined, ticket.id.toUpperCase()),
        path(undefined, randomUUID()),
        // A colleague's, who may write tickets as well.
        path(undefined, (await openTicket(client, admin)).id),
        path(undefined, ticket.id, theirs),
        `${randomUUID()}.png`,
      ])
        expect(await upload(client, member, wrong), wrong).toBe(false)
      for (const bucket of ['avatars', 'marketplace'])
        expect(await upload(client, member, path(), bucket), bucket).toBe(false)
      for (let count = 2; count < 50; count++) await putTicketFile(client, ticket)
      expect(await upload(client, member, path())).toBe(false)
      const other = await openTicket(client, member)
      // Files that stand before and after these in the bucket are another ticket's.
      for (const digit of ['0', 'f'])
        for (let count = 0; count < 50; count++)
          await putTicketFile(client, { id: `${digit.repeat(8)}-0000-4000-8000-${digit.repeat(12)}` })
      expect(await upload(client, member, path(undefined, other.id))).toBe(true)
      await turn(client, member, 'close', other)
      expect(await upload(client, member, path(undefined, other.id))).toBe(false)
    }),
  )

  it(
    'is read by who sees the ticket, and neither changed nor emptied',
    story(async (client) => {
      const ticket = await openTicket(client, member)
      await putTicketFile(client, ticket, { owner: ids.member })
      await putTicketFile(client, await openTicket(client, admin), { owner: ids.admin })
      await client.query(
        "insert into storage.objects (bucket_id, name) values ('support', 'nobody/knows.png'), ('marketplace', $1)",
        [`${ours}/${ticket.id}/${randomUUID()}.png`],
      )
      const beside = "select from storage.objects where bucket_id = 'marketplace'"
      expect((await actAs(client, member, beside)).rowCount).toBe(0)
      const answers = []
      for (const actor of [member, admin, viewer, outsider, suspended, anonymous])
        answers.push(await seen(client, actor))
      expect(answers).toEqual([1, 2, 0, 0, 0, 0])
      for (const sql of ["update storage.objects set name = 'x'", 'delete from storage.objects'])
        for (const actor of [member, admin]) {
          const touched = await actAs(client, actor, `${sql} where bucket_id = 'support'`).catch(() => ({
            rowCount: 0,
          }))
          expect(touched.rowCount).toBe(0)
        }
    }),
  )

  it(
    'gives a message what its author put there, and nothing else',
    story(async (client) => {
      const [ticket, other] = [await openTicket(client, member), await openTicket(client, member)]
      const mine = await putTicketFile(client, ticket, { owner: ids.member })
      const say = (attachments: object[]) => reply(client, member, ticket, '', randomUUID(), attachments)
      for (const [path, attachments] of [
        ['attachments.0.path', [await putTicketFile(client, ticket, { owner: ids.admin })]],
        ['attachments.0.path', [await putTicketFile(client, other, { owner: ids.member })]],
        ['attachments.1.path', [mine, { ...mine, path: mine.path.replace('.png', '.pdf') }]],
        ['attachments.0.path', [{ ...mine, path: '../x.png' }]],
        ['attachments.0.name', [{ ...mine, name: '<img>' }]],
        ['attachments.0.size', [{ ...mine, size: 1 }]],
        ['attachments.1', [mine, []]],
        ['attachments', Array(6).fill(mine)],
      ] as [string, object[]][])
        expect(await clientError(say(attachments)), path).toMatchObject({
          code: 'invalid_input',
          details: path,
        })
      expect(await say(Array(5).fill(mine))).toMatchObject({ attachments: Array(5).fill(mine) })
      expect(await say([{ ...mine, name: ' A  picture ' }])).toMatchObject({
        body: '',
        attachments: [{ path: mine.path, name: 'A picture', type: 'image/png', size: 5 }],
      })
    }),
  )

  it(
    'has no file that lies under its id in another workspace',
    story(async (client) => {
      const ticket = await openTicket(client, member)
      const name = `${randomUUID()}.png`
      for (const workspace of [ours, theirs])
        await client.query("insert into storage.objects (bucket_id, name) values ('support', $1)", [
          `${workspace}/${ticket.id}/${name}`,
        ])
      const seen = await actAs(client, member, "select name from storage.objects where bucket_id = 'support'")
      expect(seen.rows).toEqual([{ name: `${ours}/${ticket.id}/${name}` }])
    }),
  )

  it(
    'loses what no message named within a day, and nothing else',
    story(async (client) => {
      await client.query(
        "select vault.create_secret('https://project.test', 'project_url'), vault.create_secret('s3cret', 'secret_key')",
      )
      const ticket = await openTicket(client, member)
      const named = await putTicketFile(client, ticket, { owner: ids.member, age: '2 days' })
      await reply(client, member, ticket, '', randomUUID(), [named])
      const forgotten = await putTicketFile(client, ticket, { owner: ids.member, age: '25 hours' })
      await putTicketFile(client, ticket, { owner: ids.member, age: '23 hours' })
      // Of no ticket, or of one of another workspace, it goes at once; what lies in another bucket stays.
      const strange = await putTicketFile(client, { id: randomUUID() })
      const foreign = `${theirs}/${ticket.id}/${randomUUID()}.png`
      await client.query(
        `insert into storage.objects (bucket_id, name, created_at)
         values ('support', $1, now()), ('marketplace', $2, now() - interval '2 days')`,
        [foreign, `${ours}/${ticket.id}/${randomUUID()}.png`],
      )
      await client.query('select private.remove_orphaned_support_files()')
      const { rows } = await client.query<{ url: string }>('select url from net.http_request_queue')
      expect(rows.map(({ url }) => url).toSorted()).toEqual(
        [forgotten.path, strange.path, foreign]
          .map((path) => `https://project.test/storage/v1/object/support/${path}`)
          .toSorted(),
      )
    }),
  )

  it(
    'loses what lies behind a thousand that Storage does not remove, and at once what was a deleted workspace’s',
    story(async (client) => {
      await client.query(
        "select vault.create_secret('https://project.test', 'project_url'), vault.create_secret('s3cret', 'secret_key')",
      )
      const put = (folder: string, count = 1) =>
        client.query(
          `insert into storage.objects (bucket_id, name)
           select 'support', $1 || '/' || gen_random_uuid() || '/' || gen_random_uuid() || '.png'
           from generate_series(1, $2)`,
          [folder, count],
        )
      const asked = async () => {
        await client.query('delete from net.http_request_queue')
        await client.query('select private.remove_orphaned_support_files()')
        const { rows } = await client.query<{ folder: string; count: number }>(
          `select split_part(url, '/', 8) as folder, count(*)::integer as count
           from net.http_request_queue group by 1 order by 1`,
        )
        return Object.fromEntries(rows.map(({ folder, count }) => [folder, count]))
      }
      await put('A-REFUSED', 1000)
      await put('X-LATER')
      await put(theirs)
      await put(ours)
      expect(await asked()).toEqual({ 'A-REFUSED': 1000 })
      await actAs(client, service, 'delete from public.workspaces where id = $1', [theirs])
      expect(await asked()).toEqual({ 'X-LATER': 1, [ours]: 1, [theirs]: 1 })
      expect(await asked()).toEqual({ 'A-REFUSED': 1000, [theirs]: 1 })
      await client.query("update private.deleted_workspaces set deleted_at = now() - interval '25 hours'")
      expect(await asked()).toEqual({ 'X-LATER': 1, [ours]: 1, [theirs]: 1 })
    }),
  )
})

it(
  'the bucket is private, and takes pictures, documents and text',
  story(async (client) => {
    const { rows } = await client.query("select * from storage.buckets where id = 'support'")
    expect(rows).toMatchObject([{ public: false, file_size_limit: '10485760' }])
    expect(rows[0].allowed_mime_types).toContain('image/png')
    expect(rows[0].allowed_mime_types).not.toContain('text/html')
  }),
)
