import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import {
  type ClaimedDeliveries,
  destinationInputSchema,
  integrationSchema,
} from '../../../types/destination.ts'
import { answers, saveSource, shop } from '../../support/dashboards/widget-data.ts'
import { anonymous, clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { onPremium, policySuite } from '../../support/database/policy-suite.ts'
import {
  channel,
  claim,
  listDeliveries,
  rename,
  saveDestination,
  settle,
  webhook,
} from '../../support/integrations/destinations.ts'
import { admin, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'
import { makeRole } from '../../support/people/custom-roles.ts'
import { lacksFeature, limitFree, overLimit } from '../../support/people/plan.ts'

// Destinations: who makes and reads them, what they may be told of, and that their secrets are read by nobody.

const story = policySuite()
const premium = onPremium(story)

const list = (client: pg.Client, actor = admin, workspace = ours) =>
  call<Record<string, unknown>[]>(client, actor, 'list_destinations', [workspace])
const secrets = async (client: pg.Client) =>
  (
    await client.query(
      "select decrypted_secret as secret from vault.decrypted_secrets where description like 'Secrets of the dest%'",
    )
  ).rows.map(({ secret }) => JSON.parse(secret))

describe('a destination', () => {
  it(
    'is made, listed, changed and deleted by who manages integrations',
    premium(async (client) => {
      const { secret, ...made } = await saveDestination(client, webhook)
      expect(secret).toMatch(/^whsec_/)
      // A query may be a secret.
      expect(made).toMatchObject({ kind: 'webhook', version: 1, url: 'https://shop.example.com/events?…' })
      expect(await secrets(client)).toMatchObject([{ url: webhook.url }])
      expect(await list(client)).toEqual([made])
      const changed = await saveDestination(
        client,
        { ...webhook, name: 'Store' },
        { id: made.id, version: 1 },
      )
      expect(changed).toMatchObject({ id: made.id, name: 'Store', version: 2, secret: null })
      expect(await clientError(saveDestination(client, webhook, { id: made.id, version: 1 }))).toMatchObject({
        code: 'conflict',
        details: '2',
      })
      expect(await clientError(saveDestination(client, channel, { id: made.id }))).toMatchObject({
        code: 'invalid_input',
        details: 'kind',
      })
      await call(client, admin, 'delete_destination', [ours, made.id])
      expect(await list(client)).toEqual([])
      expect(await secrets(client)).toEqual([])
    }),
  )

  it(
    'is nobody else’s to read, change or use',
    premium(async (client) => {
      const { id } = await saveDestination(client, webhook)
      const attemptsOf = (actor: typeof admin, workspace: string) => [
        () => saveDestination(client, webhook, { actor, id, workspace }),
        () => call(client, actor, 'delete_destination', [workspace, id]),
        () => call(client, actor, 'rotate_destination_secret', [workspace, id]),
        () => call(client, actor, 'send_test_event', [workspace, id]),
        () => call(client, actor, 'list_deliveries', [workspace, id]),
        () => call(client, actor, 'replay_deliveries', [workspace, id]),
      ]
      for (const [actor, code] of [
        [member, 'permission_denied'],
        [viewer, 'permission_denied'],
        [suspended, 'not_found'],
        [outsider, 'not_found'],
      ] as const)
        for (const attempt of [
          ...attemptsOf(actor, ours),
          () => list(client, actor),
          () => call(client, actor, 'list_integrations', [ours]),
          () => saveDestination(client, webhook, { actor }),
        ])
          expect(await clientError(attempt())).toMatchObject({ code })
      // With an id of elsewhere, in a workspace of one's own.
      const named = []
      for (const attempt of attemptsOf(outsider, theirs)) {
        const { code, details } = await clientError(attempt())
        expect(code).toBe('not_found')
        named.push(details)
      }
      // By the argument of each.
      expect(named).toEqual(['id', 'id', 'id', 'destination_id', 'destination_id', 'destination_id'])
      await expect(list(client, anonymous)).rejects.toMatchObject({ code: '42501' })
      for (const actor of [admin, outsider])
        for (const [name, values] of [
          ['claim_deliveries', [10]],
          ['settle_deliveries', ['[]']],
        ] as const)
          await expect(call(client, actor, name, [...values])).rejects.toMatchObject({ code: '42501' })
      expect(await list(client)).toMatchObject([{ id, version: 1, status: 'active' }])
    }),
  )

  it(
    'is told of nothing that whoever saves it may not see',
    premium(async (client) => {
      await makeRole(client, admin, 'plumber', ['workspace.read', 'integrations.manage'])
      await client.query(
        "update public.workspace_members set role_key = 'plumber' where workspace_id = $1 and user_id = $2",
        [ours, member.sub],
      )
      const events = ['workspace.updated', 'member.added', 'ticket.opened', 'api_key.created']
      expect(
        await clientError(saveDestination(client, { ...webhook, events }, { actor: member })),
      ).toMatchObject({
        code: 'permission_denied',
        details: 'api_keys.manage, members.read, support.manage',
      })
      const allowed = { ...webhook, events: ['workspace.updated'] }
      expect(await saveDestination(client, allowed, { actor: member })).toMatchObject({ version: 1 })
    }),
  )

  it.each([
    ['http', { url: 'http://shop.example.com/' }, 'url'],
    ['a name and password', { url: 'https://ada:s3cret@shop.example.com/' }, 'url'],
    ['a fragment', { url: 'https://shop.example.com/#x' }, 'url'],
    ['no address', { url: undefined }, 'url'],
    ['no event', { events: [] }, 'events'],
    ['an event that there is not', { events: ['workspace.updated', 'party.began'] }, 'events.1'],
    ['two events that there are not', { events: ['party.began', 'workspace.updated', 'x.y'] }, 'events.0'],
    ['a key that there is not', { secret: 'whsec_mine' }, 'secret'],
    ['another kind', { kind: 'fax' }, 'kind'],
    [
      'a server in place of Slack',
      { kind: 'slack', url: 'https://hooks.slack.com.example.com/services/x' },
      'url',
    ],
    ['a server in place of Discord', { kind: 'discord', url: 'https://example.com/api/webhooks/1/x' }, 'url'],
    ['a server in place of Teams', { kind: 'teams', url: 'https://example.com/logic.azure.com/x' }, 'url'],
    ['a name with HTML', { name: '<b>x' }, 'name'],
    ['a document of 20 KiB', { name: 'x'.repeat(20_000) }, 'document'],
  ])('with %s is refused', (_, wrong, details) =>
    premium(async (client) => {
      const error = await clientError(saveDestination(client, { ...webhook, ...wrong }))
      expect(error).toMatchObject({ code: 'invalid_input', details })
      expect(JSON.stringify(error)).not.toContain('s3cret')
      // What zod does not know: the catalog, markup, and whether one is made.
      if (!['events.0', 'events.1', 'name'].includes(details) && !('url' in wrong && wrong.url === undefined))
        expect(destinationInputSchema.safeParse({ ...webhook, ...wrong }).success).toBe(false)
      expect(await list(client)).toEqual([])
    })(),
  )

  it.each([
    ['slack', 'https://hooks.slack.com/services/T0/B0/x'],
    ['discord', 'https://discord.com/api/webhooks/1/x-y_z'],
    [
      'teams',
      'https://prod-01.westeurope.logic.azure.com:443/workflows/x/triggers/manual/paths/invoke?sig=s',
    ],
    ['teams', 'https://default1.2a.environment.api.powerplatform.com/powerautomate/automations?sig=s'],
  ])('of the kind %s is on every plan, and its address is shown to nobody', (kind, url) =>
    story(async (client) => {
      const made = await saveDestination(client, { ...channel, kind, url })
      expect(made).toMatchObject({ secret: null, url: `https://${url.split('/')[2]}` })
      await saveDestination(client, { ...channel, kind, url: undefined }, { id: made.id })
      expect(await secrets(client)).toEqual([{ url }])
    })(),
  )

  it(
    'leaves neither its address nor its secret in the audit log',
    premium(async (client) => {
      const { id } = await saveDestination(client, webhook)
      await saveDestination(client, { ...webhook, url: 'https://shop.example.com/other?key=k3y' }, { id })
      await call(client, admin, 'delete_destination', [ours, id])
      const { rows } = await client.query(
        "select action, changes from public.audit_log where table_name = 'destinations' order by occurred_at",
      )
      expect(rows.map(({ action }) => action)).toEqual(['insert', 'update', 'delete'])
      expect(JSON.stringify(rows)).not.toMatch(/example\.com|k3y|whsec/)
      const page = await call<{ entries: { subject: unknown }[] }>(client, admin, 'list_audit_log', [ours])
      expect(page.entries[0]?.subject).toEqual({ kind: 'destination', id, name: 'Shop' })
    }),
  )
})

describe('a plan', () => {
  it(
    'without webhooks has chats, and room for one',
    story(async (client) => {
      expect(await clientError(saveDestination(client, webhook))).toMatchObject(lacksFeature('webhooks'))
      await saveDestination(client, channel)
      expect(await clientError(saveDestination(client, channel))).toMatchObject(
        overLimit('destinations', 1, 2),
      )
    }),
  )

  it(
    'that became smaller keeps what is there, sends no webhook, and changes nothing beyond it',
    premium(async (client) => {
      const { id } = await saveDestination(client, webhook)
      await client.query("update private.destinations set created_at = '2026-01-01'")
      const { id: later } = await saveDestination(client, channel)
      await client.query("select public.grant_plan($1, 'free', null, 'For a story')", [ours])
      await limitFree(client, { destinations: 1 })
      await rename(client, 'Renamed')
      expect(await claim(client)).toMatchObject([{ destinationId: later, kind: 'slack' }])
      expect((await listDeliveries(client, id)).deliveries).toEqual([])
      expect(await clientError(saveDestination(client, channel, { id: later }))).toMatchObject({
        code: 'payment_required',
      })
      for (const name of ['send_test_event', 'replay_deliveries', 'rotate_destination_secret'])
        expect(await clientError(call(client, admin, name, [ours, id]))).toMatchObject(
          lacksFeature('webhooks'),
        )
      await call(client, admin, 'delete_destination', [ours, id])
    }),
  )
})

describe('the secret of a webhook', () => {
  it(
    'leaves the Vault with the workspace, and what was sent with it',
    premium(async (client) => {
      await saveDestination(client, webhook)
      await rename(client, 'Renamed')
      await rename(client, 'Ours')
      await settle(client, (await claim(client))[0] as ClaimedDeliveries, 'delivered')
      await call(client, admin, 'delete_workspace', [ours, 'Ours'])
      expect(await secrets(client)).toEqual([])
      for (const table of ['destinations', 'destination_states', 'deliveries', 'delivery_attempts'])
        expect((await client.query(`select from private.${table}`)).rowCount).toBe(0)
    }),
  )

  it(
    'is told once, and two sign while it is rotated',
    premium(async (client) => {
      const { id, secret } = await saveDestination(client, webhook)
      const rotated = await call<{ secret: string; previousSecretUntil: string }>(
        client,
        admin,
        'rotate_destination_secret',
        [ours, id, 24],
      )
      expect(rotated.secret).not.toBe(secret)
      expect(rotated.previousSecretUntil).toEqual(expect.any(String))
      await rename(client, 'Renamed')
      const [first] = await claim(client)
      expect(first?.secrets).toEqual([rotated.secret, secret])
      expect(JSON.stringify(await list(client))).not.toContain('whsec_')

      const last = await call<{ secret: string }>(client, admin, 'rotate_destination_secret', [ours, id, 0])
      expect(await secrets(client)).toEqual([{ url: webhook.url, secret: last.secret, previous: null }])
      for (const hours of [-1, 169])
        expect(
          await clientError(call(client, admin, 'rotate_destination_secret', [ours, id, hours])),
        ).toMatchObject({ code: 'invalid_input', details: 'grace_hours' })
      for (const hours of [1, 168]) {
        await call(client, admin, 'rotate_destination_secret', [ours, id, hours])
        const { rows } = await client.query(
          'select previous_expires_at = now() + make_interval(hours => $1) as is_so from private.destinations',
          [hours],
        )
        expect(rows).toEqual([{ is_so: true }])
        expect(await secrets(client)).toMatchObject([{ previous: expect.stringMatching(/^whsec_/) }])
      }
      const { id: chat } = await saveDestination(client, channel)
      expect(await clientError(call(client, admin, 'rotate_destination_secret', [ours, chat]))).toMatchObject(
        {
          code: 'conflict',
          details: 'kind',
        },
      )
    }),
  )

  it(
    'is another one where the address is on another host',
    premium(async (client) => {
      const { id, secret } = await saveDestination(client, webhook)
      await call(client, admin, 'rotate_destination_secret', [ours, id, 24])
      const moved = await saveDestination(client, { ...webhook, url: 'https://evil.example.com/' }, { id })
      expect(moved).toMatchObject({ secret: expect.stringMatching(/^whsec_/), previousSecretUntil: null })
      expect(moved.secret).not.toBe(secret)
      expect(await secrets(client)).toEqual([{ url: 'https://evil.example.com/', secret: moved.secret }])
    }),
  )
})

it(
  'the catalog of a workspace has what it is connected to, data sources among it',
  premium(async (client) => {
    const { id } = await saveDestination(client, channel)
    const source = await saveSource(client, answers)
    const catalog = integrationSchema.array().parse(await call(client, admin, 'list_integrations', [ours]))
    expect(catalog.map(({ key, isAvailable }) => [key, isAvailable])).toEqual(
      ['http_json', 'static', 'webhook', 'slack', 'discord', 'teams'].map((key) => [key, true]),
    )
    expect(catalog.flatMap(({ connected }) => connected)).toEqual([
      { id: source.id, name: 'Answers', isFailing: false, isPaused: false },
      { id, name: 'Channel', isFailing: false, isPaused: false },
    ])
  }),
)

it(
  'what one of several is said to be, or is given, is that one’s alone',
  premium(async (client) => {
    const [one, other] = [await saveDestination(client, webhook), await saveDestination(client, webhook)]
    const [failing, well] = [await saveSource(client, shop), await saveSource(client, answers)]
    await client.query(
      "update private.destination_states set failing_since = now(), rests_until = now() + interval '1 hour'",
    )
    await client.query(
      'insert into private.data_source_health (workspace_id, source_id, failures, failing_since) values ($1, $2, 1, now())',
      [ours, failing.id],
    )
    await call(client, admin, 'send_test_event', [ours, one.id])
    const { rows } = await client.query(
      'select destination_id, rests_until is not null as rests from private.destination_states',
    )
    expect(new Map(rows.map(({ destination_id, rests }) => [destination_id, rests]))).toEqual(
      new Map([
        [one.id, false],
        [other.id, true],
      ]),
    )
    // A test was chosen by nobody, and is sent all the same by who is saved meanwhile.
    await saveDestination(client, webhook, { id: one.id })
    expect((await listDeliveries(client, one.id)).deliveries).toMatchObject([
      { type: 'integration.test', status: 'waiting' },
    ])
    await call(client, admin, 'rotate_destination_secret', [ours, one.id, 24])
    const catalog = integrationSchema.array().parse(await call(client, admin, 'list_integrations', [ours]))
    const connected = catalog.flatMap((integration) => integration.connected)
    expect(connected).toHaveLength(4)
    expect(new Map(connected.map(({ id, isFailing }) => [id, isFailing]))).toEqual(
      new Map([
        [failing.id, true],
        [well.id, false],
        [one.id, false],
        [other.id, true],
      ]),
    )
    expect((await list(client)).find(({ id }) => id === other.id)).toMatchObject({
      version: 1,
      previousSecretUntil: null,
    })
  }),
)
