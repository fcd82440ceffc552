import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { dataSourceInputSchema } from '../../../types/data-source.ts'
import { answers, saveSource, shop } from '../../support/dashboards/widget-data.ts'
import { anonymous, clientError, service } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import { admin, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'
import { lacksFeature, limitFree, overEveryLimit, setPlan } from '../../support/people/plan.ts'

// Data sources: who makes and reads them, and that their secrets are read by nobody.

const story = policySuite()
const premium = onPremium(story)

const list = (client: pg.Client, actor = admin) =>
  call<Record<string, unknown>[]>(client, actor, 'list_data_sources', [ours])
const secrets = async (client: pg.Client) =>
  (
    await client.query(
      `select decrypted_secret as secret from vault.decrypted_secrets
       where description like 'Headers of the data source%' order by created_at`,
    )
  ).rows.map(({ secret }) => JSON.parse(secret))

describe('a data source', () => {
  it(
    'is made, listed, changed and deleted by who manages integrations',
    premium(async (client) => {
      const made = await saveSource(client, shop)
      expect(made).toMatchObject({
        name: 'Shop',
        headers: ['Authorization'],
        allowedRoles: ['member'],
        version: 1,
      })
      expect(await list(client)).toMatchObject([{ id: made.id, url: shop.kind === 'http_json' && shop.url }])
      const changed = await saveSource(client, { ...shop, name: 'Store' }, { id: made.id, version: 1 })
      expect(changed).toMatchObject({ id: made.id, name: 'Store', version: 2 })
      expect(await clientError(saveSource(client, shop, { id: made.id, version: 1 }))).toMatchObject({
        code: 'conflict',
        details: '2',
      })
      await call(client, admin, 'delete_data_source', [ours, made.id])
      expect(await list(client)).toEqual([])
      expect(await secrets(client)).toEqual([])
      expect(await clientError(call(client, admin, 'delete_data_source', [ours, made.id]))).toMatchObject({
        code: 'not_found',
        details: 'id',
      })
    }),
  )

  it(
    'is nobody else’s to read or change',
    premium(async (client) => {
      const { id } = await saveSource(client, shop)
      for (const [actor, code] of [
        [member, 'permission_denied'],
        [viewer, 'permission_denied'],
        [suspended, 'not_found'],
        [outsider, 'not_found'],
      ] as const)
        for (const attempt of [
          () => list(client, actor),
          () => call(client, actor, 'get_data_source', [ours, id]),
          () => saveSource(client, shop, { actor }),
          () => saveSource(client, shop, { actor, id }),
          () => call(client, actor, 'delete_data_source', [ours, id]),
        ])
          expect(await clientError(attempt())).toMatchObject({ code })
      await expect(list(client, anonymous)).rejects.toMatchObject({ code: '42501' })
      // With an id of elsewhere, in a workspace of one's own.
      for (const attempt of [
        () => saveSource(client, shop, { actor: outsider, id, workspace: theirs }),
        () => call(client, outsider, 'get_data_source', [theirs, id]),
        () => call(client, outsider, 'delete_data_source', [theirs, id]),
      ])
        expect(await clientError(attempt())).toMatchObject({ code: 'not_found', details: 'id' })
      expect(await list(client)).toMatchObject([{ id, version: 1 }])
    }),
  )

  it(
    'tells who arranges widgets the names of what is for their role',
    premium(async (client) => {
      const { id } = await saveSource(client, shop)
      await saveSource(client, { ...answers, allowedRoles: ['viewer'] })
      const available = (actor = member) => call(client, actor, 'available_data_sources', [ours])
      expect(await available()).toEqual([{ id, kind: 'http_json', name: 'Shop', parameters: ['days'] }])
      expect(await available(viewer)).toMatchObject([{ name: 'Answers' }])
      expect(await available(admin)).toMatchObject([{ name: 'Answers' }, { name: 'Shop' }])
      expect(await clientError(available(outsider))).toMatchObject({ code: 'not_found' })
    }),
  )

  it(
    'stays with the roles that it is for where a change names none',
    premium(async (client) => {
      const { id } = await saveSource(client, { ...answers, allowedRoles: ['viewer'] })
      const rolesAfter = async (document: object) => (await saveSource(client, document, { id })).allowedRoles
      expect(await rolesAfter(answers)).toEqual(['viewer'])
      expect(await rolesAfter({ ...answers, allowedRoles: ['member'] })).toEqual(['member'])
      expect((await saveSource(client, { ...answers, name: 'Others' })).allowedRoles).toEqual(['member'])
    }),
  )

  it(
    'is for roles that the workspace has, and for those that stand there already',
    premium(async (client) => {
      const misspelled = { ...answers, allowedRoles: ['member', 'veiwer'] }
      const refused = {
        status: 400,
        code: 'invalid_input',
        details: 'allowedRoles.1',
        message: 'There is no such role in this workspace.',
        hint: expect.stringContaining('"viewer"'),
      }
      const { id } = await saveSource(client, answers)
      const check = (document: object, actor = admin) =>
        call(client, actor, 'check_data_source', [ours, JSON.stringify(document)])
      for (const attempt of [
        () => saveSource(client, misspelled),
        () => saveSource(client, misspelled, { actor: service }),
        () => saveSource(client, misspelled, { id }),
        () => check(misspelled),
      ])
        expect(await clientError(attempt())).toMatchObject(refused)
      expect(await clientError(check(misspelled, member))).toMatchObject({ code: 'permission_denied' })
      const allowedRoles = ['viewer', 'analyst', 'manager', 'member', 'admin']
      expect(await saveSource(client, { ...answers, allowedRoles }, { id })).toMatchObject({ allowedRoles })

      await client.query("update private.data_sources set allowed_roles = '{brought}' where id = $1", [id])
      const read = await call<{ allowedRoles: string[] }>(client, admin, 'get_data_source', [ours, id])
      expect(read.allowedRoles).toEqual(['brought'])
      const written = { ...answers, allowedRoles: read.allowedRoles }
      await check(written)
      expect(await saveSource(client, written, { id })).toMatchObject({ version: 3 })
      expect(await clientError(saveSource(client, written))).toMatchObject({ details: 'allowedRoles.0' })
    }),
  )

  it(
    'that asks somebody else’s server is part of the premium plan',
    story(async (client) => {
      expect(await clientError(saveSource(client, shop))).toMatchObject(lacksFeature('http_sources'))
      expect(await saveSource(client, answers)).toMatchObject({ data: { value: 42 } })
    }),
  )

  it(
    'leaves neither its address nor its headers in the audit log',
    premium(async (client) => {
      const { id } = await saveSource(client, shop)
      await saveSource(client, { ...shop, url: 'https://shop.example.com/other' }, { id })
      await call(client, admin, 'delete_data_source', [ours, id])
      const { rows } = await client.query(
        "select action, changes from public.audit_log where table_name = 'data_sources' order by occurred_at",
      )
      expect(rows.map(({ action }) => action)).toEqual(['insert', 'update', 'delete'])
      expect(JSON.stringify(rows)).not.toMatch(/example\.com|s3cret|Authorization|total/)
    }),
  )
})

describe('the headers of a source', () => {
  it(
    'stay while the address is on the same host, and are changed and removed one by one',
    premium(async (client) => {
      const { id } = await saveSource(client, { ...shop, headers: { 'X-Key': 'one', Authorization: 'two' } })
      const kept = await saveSource(
        client,
        { ...shop, url: 'https://shop.example.com/elsewhere', headers: { authorization: 'three' } },
        { id },
      )
      expect(kept.headers).toEqual(['authorization', 'X-Key'])
      expect(await secrets(client)).toEqual([{ authorization: 'three', 'X-Key': 'one' }])
      const { headers } = await saveSource(client, { ...shop, headers: { 'x-key': null } }, { id })
      expect(headers).toEqual(['authorization'])
      expect(JSON.stringify(await call(client, admin, 'get_data_source', [ours, id]))).not.toContain('three')
    }),
  )

  it.each([
    'https://attacker.example.com/sales',
    'https://shop.example.com:8443/sales',
    'https://shop.example.com.evil.io/',
  ])('are forgotten, not sent, where the address moves to %s', (url) =>
    premium(async (client) => {
      await client.query("update private.operator_settings set request_ports = '{8443}'")
      const { id } = await saveSource(client, shop)
      const { headers: _, ...elsewhere } = { headers: undefined, ...shop, url }
      expect(await saveSource(client, elsewhere, { id })).toMatchObject({ url, headers: [] })
      expect(await secrets(client)).toEqual([])
    })(),
  )

  it(
    'leave the Vault with the workspace',
    premium(async (client) => {
      await saveSource(client, shop)
      expect(await secrets(client)).toEqual([{ Authorization: 'Bearer s3cret' }])
      await call(client, admin, 'delete_workspace', [ours, 'Ours'])
      expect(await secrets(client)).toEqual([])
    }),
  )
})

const valid = { ...shop }
describe('what is refused', () => {
  it.each<[path: string, document: unknown]>([
    ['', null],
    ['', []],
    ['kind', { ...valid, kind: 'ftp' }],
    ['name', { ...valid, name: ' ' }],
    ['name', { ...valid, name: '<b>x' }],
    ['url', { ...valid, url: undefined }],
    ...[
      'http://shop.example.com/',
      'https://user:pass@shop.example.com/',
      'https://user@shop.example.com/',
      'https://[::1]/',
      'https://',
      'file:///etc/passwd',
      'https://shop.example.com/a b',
      'https://shop.example.com/#x',
      'https://shop.example.com\\@evil.io/',
      `https://shop.example.com/${'x'.repeat(2_100)}`,
    ].map((url): [string, unknown] => ['url', { ...valid, url }]),
    ['headers', { ...valid, headers: ['X-Key'] }],
    ['headers', { ...valid, headers: { Host: 'x' } }],
    ['headers', { ...valid, headers: { cookie: 'x' } }],
    ['headers', { ...valid, headers: { 'Transfer-Encoding': 'chunked' } }],
    ['headers', { ...valid, headers: { 'a b': 'x' } }],
    ['headers', { ...valid, headers: { a: '1', A: '2' } }],
    ['headers.X-Key', { ...valid, headers: { 'X-Key': 'a\r\nHost: evil' } }],
    ['headers.X-Key', { ...valid, headers: { 'X-Key': 'x'.repeat(4_097) } }],
    ['mapping', { ...valid, mapping: '$eval("1")' }],
    ['mapping', { ...valid, mapping: 'x'.repeat(4_097) }],
    ['parameters', { ...valid, parameters: Array(21).fill('x') }],
    ['data', { kind: 'static', name: 'x' }],
    ['data', { kind: 'static', name: 'x', data: [] }],
    ['data', { kind: 'static', name: 'x', data: { value: 'x'.repeat(262_144) } }],
    ['url', { ...answers, url: 'https://example.com/' }],
  ])('names %s', (details, document) =>
    premium(async (client) => {
      expect(await clientError(saveSource(client, document))).toMatchObject({ code: 'invalid_input' })
      const error = await clientError(saveSource(client, document))
      expect(String(error.details)).toMatch(details === '' ? /^/ : new RegExp(`^${details}`))
      expect(await list(client)).toEqual([])
    })(),
  )

  it(
    'is the same for zod',
    premium(async () => {
      expect(dataSourceInputSchema.safeParse(shop).success).toBe(true)
      for (const url of ['http://x.example/', 'https://u@x.example/', 'https://x.example/#y'])
        expect(dataSourceInputSchema.safeParse({ ...shop, url }).success).toBe(false)
      for (const headers of [{ Host: 'x' }, { a: 'b\nc' }])
        expect(dataSourceInputSchema.safeParse({ ...shop, headers }).success).toBe(false)
    }),
  )

  it(
    'is not what is just within',
    premium(async (client) => {
      const headers = Object.fromEntries(
        Array.from({ length: 20 }, (_, n) => [`X-${n}`, n ? 'x' : 'x'.repeat(4_096)]),
      )
      const whole = { ...shop, headers, mapping: 'x'.repeat(4_096), parameters: Array(20).fill('x') }
      const { id } = await saveSource(client, whole)
      expect(
        await clientError(saveSource(client, { ...whole, headers: { ...headers, 'X-20': 'x' } })),
      ).toMatchObject({ details: 'headers' })
      for (const value of ['', 5])
        expect(await clientError(saveSource(client, { ...shop, headers: { 'X-Key': value } }))).toMatchObject(
          { details: 'headers.X-Key' },
        )
      for (const mapping of ['', 5])
        expect(await clientError(saveSource(client, { ...shop, mapping }))).toMatchObject({
          details: 'mapping',
        })
      await saveSource(client, { ...shop, mapping: 'x', headers: { A: 'x' } }, { id })
    }),
  )

  it(
    'is a change of what came after as many as the plan has room for',
    story(async (client) => {
      const { id: first } = await saveSource(client, answers)
      await client.query("update private.data_sources set created_at = '2026-01-01'")
      await limitFree(client, { data_sources: 2 })
      const { id: second } = await saveSource(client, { ...answers, name: 'Second' })
      await limitFree(client, { data_sources: 1 })
      expect(await saveSource(client, answers, { id: first })).toMatchObject({ version: 2 })
      expect(await clientError(saveSource(client, answers, { id: second }))).toMatchObject({
        code: 'payment_required',
      })
    }),
  )

  it(
    'is the hundred-and-first source, and one on a plan that was left',
    premium(async (client) => {
      await client.query(
        `insert into private.data_sources (workspace_id, kind, name, data)
         select $1, 'static', 'S' || n, '{}' from generate_series(1, 100) as n`,
        [ours],
      )
      expect(await clientError(saveSource(client, answers))).toMatchObject(
        overEveryLimit('data_sources', 100),
      )
      await client.query('delete from private.data_sources')
      const { id } = await saveSource(client, shop)
      await setPlan(client, 'free')
      expect(await clientError(saveSource(client, shop, { id }))).toMatchObject({ code: 'payment_required' })
      await call(client, admin, 'delete_data_source', [ours, id])
    }),
  )
})

it(
  'a source without a mapping is as good as one whose mapping is null, and one without an address is never asked',
  premium(async (client) => {
    expect(await saveSource(client, { ...shop, mapping: null })).toMatchObject({ mapping: null })
    const { id } = await saveSource(client, answers)
    expect(await call(client, service, 'data_source_request', [ours, id])).toBeNull()
  }),
)

it(
  'a role that goes is left out of the sources of its own workspace',
  premium(async (client) => {
    for (const [workspace, actor] of [
      [ours, admin],
      [theirs, outsider],
    ] as const) {
      await client.query(
        `insert into public.workspace_roles (workspace_id, key, name, permissions)
         values ($1, 'guest', 'Guest', '{themes.read}')`,
        [workspace],
      )
      await saveSource(client, { ...answers, allowedRoles: ['guest', 'viewer'] }, { workspace, actor })
    }
    await client.query("delete from public.workspace_roles where workspace_id = $1 and key = 'guest'", [ours])
    const { rows } = await client.query(
      'select allowed_roles from private.data_sources order by workspace_id = $1',
      [theirs],
    )
    expect(rows.map(({ allowed_roles }) => allowed_roles)).toEqual([['viewer'], ['guest', 'viewer']])
  }),
)

it.each([
  ['of data with an address', 'static', 'https://shop.example.com', {}],
  ['of an address with data', 'http_json', 'https://shop.example.com', {}],
  ['of data without any', 'static', null, null],
  ['of an address without one', 'http_json', null, null],
])('no source %s is stored by anybody', (_, kind, url, data) =>
  story(async (client) => {
    await expect(
      client.query(
        "insert into private.data_sources (workspace_id, kind, name, url, data) values ($1, $2, 'One', $3, $4)",
        [ours, kind, url, data],
      ),
    ).rejects.toMatchObject({ constraint: 'data_sources_of_one_kind' })
  })(),
)
