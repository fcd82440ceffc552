import { describe, expect, it } from 'vitest'
import { aiModelSchema } from '../../../types/agents.ts'
import { clientError } from '../../support/database/act.ts'
import { ask, exchange, finish, save, settings } from '../../support/database/agents.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, member, ours, outsider, suspended, theirs } from '../../support/people/cast.ts'

// What a workspace allows: which models answer, and how long conversations are kept.

const story = policySuite()

describe('a workspace', () => {
  it(
    'says which models it allows, and others answer nobody',
    story(async (client) => {
      const models = async () =>
        aiModelSchema.array().parse(await call(client, member, 'list_ai_models', [ours]))
      expect((await models()).map(({ key }) => key)).toEqual(
        expect.arrayContaining(['gpt-6-luna', 'gpt-6.1-terra', 'gpt-6.2-sol']),
      )
      const { id } = await save(client, member, { model: 'gpt-6.1-terra' })
      expect(await settings(client, { allowedModels: ['gpt-6.2-sol'] })).toMatchObject({
        allowedModels: ['gpt-6.2-sol'],
        version: 1,
      })
      expect(await models()).toMatchObject([
        { key: 'gpt-6.2-sol', price: { input: 2 }, fallback: 'gpt-6.1-terra' },
      ])
      expect(await clientError(save(client, member, { model: 'gpt-6.1-terra' }))).toMatchObject({
        code: 'invalid_input',
        details: 'model',
      })
      expect(await clientError(ask(client, member, { agent: id }))).toMatchObject({
        code: 'conflict',
        details: 'model',
      })
      // The built-in ones run on what is allowed, and fall back on nothing that is not.
      expect(await ask(client)).toMatchObject({ model: { key: 'gpt-6.2-sol' }, fallback: null })
      // One that stands is changed otherwise.
      await save(client, member, { model: 'gpt-6.1-terra', name: 'Other' }, { id, version: 1 })
      await client.query("update public.ai_models set is_available = false where key = 'gpt-6.2-sol'")
      expect(await models()).toEqual([])
    }),
  )

  it(
    'is told and changed by who manages its agents alone, from the version that was read',
    story(async (client) => {
      expect(await call(client, admin, 'get_ai_settings', [ours])).toMatchObject({
        version: 0,
        allowedModels: null,
      })
      await settings(client, { retentionDays: 30, moderation: true }, 0)
      expect(await clientError(settings(client, {}, 0))).toMatchObject({ code: 'conflict', details: '1' })
      expect(await ask(client)).toMatchObject({ moderation: true })
      for (const [actor, code] of [
        [member, 'permission_denied'],
        [outsider, 'not_found'],
        [suspended, 'not_found'],
      ] as const)
        for (const attempt of [
          () => call(client, actor, 'get_ai_settings', [ours]),
          () => settings(client, {}, null, actor),
        ])
          expect(await clientError(attempt())).toMatchObject({ code })
      for (const [wanted, details] of [
        [{ allowedModels: ['gpt-99'] }, 'allowedModels'],
        [{ allowedModels: 'gpt-6.1-terra' }, 'allowedModels'],
        [{ retentionDays: 0 }, 'retentionDays'],
        [{ retentionDays: 3_661 }, 'retentionDays'],
        [{ secret: 'x'.repeat(32_768) }, ''],
        [{ personBudget: -1 }, 'personBudget'],
        [{ workspaceBudget: 1e10 }, 'workspaceBudget'],
        [{ moderation: null }, 'moderation'],
        [{ secret: 1 }, 'secret'],
        [[], ''],
      ] as const)
        expect(await clientError(settings(client, wanted))).toMatchObject({ code: 'invalid_input', details })
      for (const edge of [
        { retentionDays: 1, workspaceBudget: 0, personBudget: 1_000_000_000 },
        { retentionDays: 3_660, workspaceBudget: 1_000_000_000, personBudget: 0 },
      ]) {
        const wanted = { allowedModels: ['gpt-6.2-sol'], moderation: true, ...edge }
        expect(await settings(client, wanted)).toMatchObject(wanted)
        expect(await call(client, admin, 'get_ai_settings', [ours])).toMatchObject(wanted)
      }
      expect(await settings(client, {})).toMatchObject({
        allowedModels: null,
        retentionDays: null,
        workspaceBudget: null,
        personBudget: null,
        moderation: false,
      })
    }),
  )

  it(
    'keeps conversations as long as it says, and their costs for 400 days',
    story(async (client) => {
      await finish(client, await ask(client))
      await finish(client, await ask(client))
      await exchange(client, outsider, { workspace: theirs })
      await client.query(
        `update private.conversations set last_message_at = now() - interval '31 days'
         where id = (select min(id::text)::uuid from private.conversations where workspace_id = $1)
           or workspace_id = $2`,
        [ours, theirs],
      )
      const expire = async () =>
        (await client.query('select private.expire_conversations(10) as count')).rows[0].count
      expect(await expire()).toBe(0)
      await settings(client, { retentionDays: 32 })
      expect(await expire()).toBe(0)
      await settings(client, { retentionDays: 30 })
      expect(await expire()).toBe(1)
      // What another workspace says, or leaves out, is for its own.
      const kept = await client.query('select workspace_id from private.conversations order by 1')
      expect(kept.rows.map(({ workspace_id }) => workspace_id)).toEqual([ours, theirs])
      await client.query('delete from private.ai_usage where workspace_id = $1', [theirs])
      await client.query('delete from private.ai_usage_daily where workspace_id = $1', [theirs])
      for (const [days, left] of [
        [399, 2],
        [401, 0],
      ]) {
        await client.query('update private.ai_usage set occurred_at = now() - make_interval(days => $1)', [
          days,
        ])
        await client.query('select private.expire_ai_usage(10)')
        expect((await client.query('select from private.ai_usage')).rowCount).toBe(left)
      }
      expect(
        (await client.query('select sum(calls)::int as calls from private.ai_usage_daily')).rows,
      ).toEqual([{ calls: 2 }])
    }),
  )
})
