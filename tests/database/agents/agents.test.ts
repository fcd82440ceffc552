import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { agentInputSchema, agentSchema } from '../../../types/agents.ts'
import { type Actor, clientError } from '../../support/database/act.ts'
import { ask, assistant, document, finish, optimizer, save, settings } from '../../support/database/agents.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours, outsider, suspended, theirs, viewer } from '../../support/people/cast.ts'

// Agents: whose they are, what they may be, and what is kept of them.

const story = policySuite()

const list = async (client: pg.Client, actor: Actor = member) =>
  agentSchema.array().parse(await call(client, actor, 'list_agents', [ours]))

describe('an agent', () => {
  it(
    'is made, listed, changed from the version that was read, and deleted',
    story(async (client) => {
      const made = await save(client)
      expect(made).toMatchObject({
        ...document,
        visibility: 'personal',
        status: 'active',
        version: 1,
        model: null,
      })
      expect(await save(client, member, { name: 'Idle', status: 'inactive' })).toMatchObject({
        status: 'inactive',
      })
      await client.query("delete from private.agents where name = 'Idle'")
      expect((await list(client)).map(({ name }) => name)).toEqual([
        'Assistant',
        'Layout optimizer',
        'Analyst',
      ])
      const changed = await save(
        client,
        member,
        { name: 'Seer', model: 'gpt-6.2-sol' },
        { id: made.id, version: 1 },
      )
      expect(changed).toMatchObject({ name: 'Seer', model: 'gpt-6.2-sol', version: 2 })
      for (const version of [1, 3])
        expect(await clientError(save(client, member, {}, { id: made.id, version }))).toMatchObject({
          code: 'conflict',
          details: '2',
        })
      expect(await clientError(save(client, member, {}, { id: made.id }))).toMatchObject({
        code: 'invalid_input',
        details: 'version',
        hint: 'Give the version of the agent as it was read.',
      })
      const remove = () => call(client, member, 'delete_agent', [ours, made.id])
      const { rows: roles } = await client.query(
        "update public.workspace_roles set permissions = '{workspace.read}' where key = 'member' returning key",
      )
      expect(roles.length).toBeGreaterThan(0)
      expect(await clientError(remove())).toMatchObject({ code: 'permission_denied', details: 'ai.use' })
      await client.query(
        "update public.workspace_roles set permissions = permissions || '{ai.use}' where key = 'member'",
      )
      await remove()
      expect(await clientError(call(client, member, 'get_agent', [ours, made.id]))).toMatchObject({
        code: 'not_found',
        details: 'agent_id',
      })
    }),
  )

  it(
    'is known to its answers in the version that gave them, also when it is gone',
    story(async (client) => {
      const { id } = await save(client)
      const first = await ask(client, member, { agent: id })
      expect(first.agent).toMatchObject({ id, version: 1, instructions: 'Explain.' })
      await finish(client, first)
      await save(client, member, { name: 'Seer' }, { id, version: 1 })
      const conversation = first.conversationId
      const second = await ask(client, member, { conversation })
      expect(second.agent).toMatchObject({ name: 'Seer', version: 2 })
      await finish(client, second)
      await call(client, member, 'delete_agent', [ours, id])
      expect(await clientError(ask(client, member, { conversation }))).toMatchObject({
        code: 'conflict',
        details: 'agent_id',
      })
      const other = await ask(client, member, { conversation, agent: optimizer })
      expect(other.agent).toMatchObject({ id: optimizer })
      await finish(client, other)
      const { messages } = await call<{ messages: { agent: unknown }[] }>(
        client,
        member,
        'get_conversation',
        [ours, conversation],
      )
      expect(messages.filter(({ agent }) => agent).map(({ agent }) => agent)).toEqual([
        { id, version: 1, name: 'Analyst' },
        { id, version: 2, name: 'Seer' },
        { id: optimizer, version: 1, name: 'Layout optimizer' },
      ])
      await client.query("update private.agent_versions set kept_at = now() - interval '25 hours'")
      // A built-in agent has the same id and version everywhere, and is kept by each workspace for itself.
      const keepAlso = (hours: number) =>
        client.query(
          `insert into private.agent_versions (workspace_id, agent_id, version, document, kept_at)
           select $1, agent_id, version, document, now() - make_interval(hours => $2)
           from private.agent_versions where agent_id = $3`,
          [theirs, hours, optimizer],
        )
      const expire = async () => {
        await client.query('select private.expire_agent_versions(100)')
        const { rows } = await client.query(
          'select workspace_id as id, count(*)::integer as kept from private.agent_versions group by 1',
        )
        return rows
      }
      await keepAlso(25)
      expect(await expire()).toEqual([{ id: ours, kept: 3 }])
      await keepAlso(23)
      await client.query('delete from private.conversations')
      expect(await expire()).toEqual([{ id: theirs, kept: 1 }])
    }),
  )

  it(
    'is one’s own, or the workspace’s for who manages its agents; built-in ones are nobody’s to change',
    story(async (client) => {
      const mine = await save(client)
      const shared = await save(client, admin, { name: 'Shared', visibility: 'workspace' })
      expect((await list(client)).map(({ name }) => name)).toContain('Shared')
      expect((await list(client, admin)).map(({ name }) => name)).not.toContain('Analyst')
      const foreign = await save(
        client,
        outsider,
        { name: 'Foreign', visibility: 'workspace' },
        { workspace: theirs },
      )
      expect((await list(client, admin)).map(({ id }) => id)).not.toContain(foreign.id)
      expect(await clientError(call(client, admin, 'delete_agent', [ours, foreign.id]))).toMatchObject({
        code: 'not_found',
        details: 'agent_id',
      })
      // Who manages agents manages no person's.
      for (const attempt of [
        () => call(client, admin, 'get_agent', [ours, mine.id]),
        () => save(client, admin, {}, { id: mine.id, version: 1 }),
        () => call(client, admin, 'delete_agent', [ours, mine.id]),
        () => ask(client, admin, { agent: mine.id }),
        () => save(client, outsider, {}, { id: mine.id, version: 1, workspace: theirs }),
        () => ask(client, outsider, { agent: shared.id, workspace: theirs }),
        () => call(client, outsider, 'get_agent', [theirs, shared.id]),
        () => call(client, member, 'get_agent', [ours, randomUUID()]),
      ])
        expect(await clientError(attempt())).toMatchObject({ code: 'not_found', details: 'agent_id' })
      for (const attempt of [
        () => save(client, member, { visibility: 'workspace' }),
        () => save(client, member, { visibility: 'workspace' }, { id: mine.id, version: 1 }),
        () => save(client, member, {}, { id: shared.id, version: 1 }),
        () => call(client, member, 'delete_agent', [ours, shared.id]),
      ])
        expect(await clientError(attempt())).toMatchObject({
          code: 'permission_denied',
          details: 'ai.manage',
        })
      for (const [actor, code] of [
        [viewer, 'permission_denied'],
        [outsider, 'not_found'],
        [suspended, 'not_found'],
      ] as const)
        for (const attempt of [() => list(client, actor), () => save(client, actor)])
          expect(await clientError(attempt())).toMatchObject({ code })
      for (const attempt of [
        () => save(client, admin, {}, { id: assistant, version: 1 }),
        () => call(client, admin, 'delete_agent', [ours, assistant]),
      ])
        expect(await clientError(attempt())).toMatchObject({ code: 'conflict', details: 'built_in' })
      expect(
        await clientError(save(client, admin, { visibility: 'personal' }, { id: shared.id, version: 1 })),
      ).toMatchObject({ code: 'conflict', details: 'visibility' })
      await client.query('delete from public.workspace_members where user_id = $1', [ids.member])
      expect((await list(client, admin)).map(({ id }) => id)).toEqual([assistant, optimizer, shared.id])
    }),
  )

  it(
    'leaves neither its instructions nor what is personal in the audit log',
    story(async (client) => {
      const { id } = await save(client, member, { name: 'Secret', instructions: 'Whisper' })
      await save(client, member, { name: 'Secret', instructions: 'Shout' }, { id, version: 1 })
      await save(client, admin, { visibility: 'workspace', name: 'Open', instructions: 'Whisper' })
      await settings(client, { personBudget: 5 })
      const begun = await ask(client, member, { agent: id, content: 'Whisper' })
      await finish(client, begun)
      await call(client, member, 'delete_conversation', [ours, begun.conversationId])
      await call(client, member, 'delete_agent', [ours, id])
      const log = await call<{ entries: { action: string; table: string; subject: unknown }[] }>(
        client,
        admin,
        'list_audit_log',
        [ours],
      )
      const entries = log.entries.filter(({ table }) => !table.startsWith('workspace'))
      expect(entries.map(({ action, table }) => `${action} ${table}`).reverse()).toEqual([
        'insert agents',
        'update agents',
        'insert agents',
        'insert ai_settings',
        'insert conversations',
        'delete conversations',
        'delete agents',
      ])
      expect(entries.at(-3)?.subject).toMatchObject({ kind: 'agent', name: 'Open' })
      expect(entries[1]?.subject).toMatchObject({ kind: 'conversation', name: null })
      expect(JSON.stringify(entries)).not.toMatch(/Whisper|Shout|Secret/)
    }),
  )

  it.each<[path: string, change: object]>([
    ['name', { name: '' }],
    ['name', { name: 'x'.repeat(101) }],
    ['name', { name: '<b>x' }],
    ['kind', { kind: 'robot' }],
    ['instructions', { instructions: 'x'.repeat(16_385) }],
    ['instructions', { instructions: null }],
    ['temperature', { temperature: 2.1 }],
    ['temperature', { temperature: '1' }],
    ['maxTokens', { maxTokens: 15 }],
    ['maxTokens', { maxTokens: 1.5 }],
    ['starters', { starters: Array(9).fill('x') }],
    ['starters.1', { starters: ['x', ''] }],
    ['status', { status: 'gone' }],
    ['visibility', { visibility: 'built_in' }],
    ['budget', { budget: -1 }],
    ['budget', { budget: '1' }],
    ['owner', { owner: ids.admin }],
    ['tools', { tools: 'query_metrics' }],
    ['description', { description: 'x'.repeat(501) }],
    ['temperature', { temperature: -0.1 }],
    ['maxTokens', { maxTokens: 1_000_001 }],
    ['starters.0', { starters: ['x'.repeat(201)] }],
    ['budget', { budget: 1_000_000_001 }],
  ])('names %s', (path, change) =>
    story(async (client) => {
      expect(await clientError(save(client, member, change))).toMatchObject({
        code: 'invalid_input',
        details: path,
      })
      const { error } = agentInputSchema.safeParse({ ...document, ...change })
      expect(
        error?.issues.map((issue) => [...issue.path, ...('keys' in issue ? issue.keys : [])].join('.')),
      ).toContain(path)
    })(),
  )

  it.each([
    { temperature: 0, maxTokens: 16, budget: 0 },
    { temperature: 2, maxTokens: 1_000_000, budget: 1_000_000_000 },
  ])('takes all that it may be, and is what was said of it: %o', (edge) =>
    story(async (client) => {
      const full = {
        ...document,
        name: 'x'.repeat(100),
        description: 'y'.repeat(500),
        instructions: 'z'.repeat(16_384),
        model: 'gpt-6.2-sol',
        tools: [] as string[],
        starters: Array.from({ length: 8 }, (_, n) => `${n}`.repeat(200)),
        status: 'inactive',
        ...edge,
      }
      const { rows } = await client.query<{ key: string }>('select key from public.ai_tools order by key')
      full.tools = rows.map(({ key }) => key)
      const { id } = await save(client, member, full)
      expect(await call(client, member, 'get_agent', [ours, id])).toMatchObject(full)
      const size = await clientError(save(client, member, { extra: 'x'.repeat(65_536) }))
      expect(size).toMatchObject({ code: 'invalid_input', details: '' })
      // What is left out is as if it had never been said.
      expect(await save(client, member, {}, { id, version: 1 })).toMatchObject({
        description: '',
        model: null,
        temperature: null,
        maxTokens: null,
        starters: [],
        status: 'active',
        budget: null,
        visibility: 'personal',
      })
      expect(
        await clientError(ask(client, member, { agent: (await save(client, member, full)).id })),
      ).toMatchObject({
        code: 'conflict',
        details: 'agent_id',
      })
    })(),
  )

  it(
    'runs on what there is, and has tools that there are',
    story(async (client) => {
      for (const [change, details] of [
        [{ model: 'gpt-99' }, 'model'],
        [{ tools: ['shell'] }, 'tools'],
        [{ tools: [1] }, 'tools'],
      ] as const)
        expect(await clientError(save(client, member, change))).toMatchObject({
          code: 'invalid_input',
          details,
        })
    }),
  )
})
