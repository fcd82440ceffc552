import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { insertView } from '../../support/dashboards/view-rows.ts'
import { clientError, service } from '../../support/database/act.ts'
import { append, ask, books, exchange, finish, partsOf, texts, usage } from '../../support/database/agents.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { member, ours, theirs } from '../../support/people/cast.ts'

// How an answer is written: by one writer, who says what it costs.

const story = policySuite()

const patch = (more: object) => ({
  type: 'patch',
  sequence: 4,
  proposalId: randomUUID(),
  viewId: randomUUID(),
  version: 1,
  summary: '',
  changes: [],
  ...more,
})
const citation = (more: object) => ({
  type: 'citation',
  sequence: 4,
  widgetId: randomUUID(),
  hash: '0'.repeat(64),
  ...more,
})

describe('a writer', () => {
  it(
    'leaves no gap, writes nothing twice and nothing that is too large or of no kind',
    story(async (client) => {
      const begun = await ask(client)
      await append(client, begun, 0, texts(0, 'a', 'b'))
      expect(await append(client, begun, 0, texts(0, 'a', 'b', 'c'))).toMatchObject({ lastSequence: 3 })
      expect((await partsOf(client, begun.answerId)).parts.map(({ text }) => text)).toEqual(['a', 'b', 'c'])
      for (const [after, parts, code, details] of [
        [5, texts(5, 'x'), 'conflict', 'after_sequence'],
        [3, texts(2, 'x'), 'invalid_input', 'parts.0.sequence'],
        [3, {}, 'invalid_input', 'parts'],
        [3, [{ type: 'html', sequence: 4 }], 'invalid_input', 'parts.0.type'],
        [3, texts(3, 'x'.repeat(65_537)), 'invalid_input', 'parts.0.text'],
        [3, ['x'], 'invalid_input', 'parts.0'],
        [3, [{ type: 'text_delta', sequence: 1_000_001, text: 'x' }], 'invalid_input', 'parts.0.sequence'],
        [-1, texts(3, 'x'), 'conflict', 'after_sequence'],
        [null as unknown as number, texts(3, 'x'), 'conflict', 'after_sequence'],
        [3, [patch({ summary: 'x'.repeat(4_097) })], 'invalid_input', 'parts.0.summary'],
        [3, [patch({ changes: Array(201).fill({}) })], 'invalid_input', 'parts.0.changes'],
        [3, [patch({ changes: Array(200).fill({}) })], 'invalid_input', 'parts.patch'],
        [3, [citation({ widgetId: 'x', hash: 'x' })], 'invalid_input', 'parts.0.widgetId'],
        [3, [patch({ changes: {} })], 'invalid_input', 'parts.0.changes'],
        [3, [patch({ version: 0 })], 'invalid_input', 'parts.0.version'],
        [3, [patch({ viewId: 'x' })], 'invalid_input', 'parts.0.viewId'],
        [3, [patch({ proposalId: 'x' })], 'invalid_input', 'parts.0.proposalId'],
        [3, [citation({ hash: 'z'.repeat(64) })], 'invalid_input', 'parts.0.hash'],
        [3, [citation({ widgetId: 'x' })], 'invalid_input', 'parts.0.widgetId'],
        [3, texts(3, ...Array(501).fill('x')), 'invalid_input', 'parts'],
        [
          3,
          [{ type: 'citation', sequence: 4, widgetId: randomUUID(), hash: '0'.repeat(64) }],
          'invalid_input',
        ],
        [
          3,
          [
            {
              type: 'patch',
              sequence: 4,
              proposalId: randomUUID(),
              viewId: randomUUID(),
              version: 1,
              summary: '',
              changes: [],
            },
          ],
          'invalid_input',
          'parts.patch',
        ],
      ] as const)
        expect(await clientError(append(client, begun, after, parts))).toMatchObject({
          code,
          ...(details && { details }),
        })
      // What another workspace keeps, or of another widget, is nothing that this answer cites.
      const [hash, widgetId] = ['a'.repeat(64), randomUUID()]
      await client.query(
        `insert into private.widget_snapshots (workspace_id, hash, widget_id, question, data, fetched_at)
         values ($1, $3, $4, '{}', '{}', now()), ($2, repeat('b', 64), $4, '{}', '{}', now())`,
        [theirs, ours, hash, widgetId],
      )
      for (const more of [
        { hash, widgetId },
        { hash: 'b'.repeat(64), widgetId: randomUUID() },
      ])
        expect(await clientError(append(client, begun, 3, [citation(more)]))).toMatchObject({
          code: 'invalid_input',
          details: 'parts.citation',
        })
      for (let after = 3; after < 6; after += 1)
        await append(client, begun, after, texts(after, 'x'.repeat(65_000)))
      expect(
        await clientError(append(client, begun, 6, texts(6, ...Array(2).fill('x'.repeat(65_000))))),
      ).toMatchObject({
        code: 'invalid_input',
        details: 'parts',
      })
      await finish(client, begun, 'incomplete')
    }),
  )

  it(
    'is the server alone, with the lease',
    story(async (client) => {
      const begun = await ask(client)
      for (const name of [
        'append_answer',
        'finish_answer',
        'renew_answer',
        'resume_answer',
        'keep_summary',
      ]) {
        const values = {
          append_answer: [begun.answerId, begun.lease, 0, '[]'],
          finish_answer: [begun.answerId, begun.lease, 'complete'],
          renew_answer: [begun.answerId, begun.lease],
          resume_answer: [begun.answerId, begun.lease],
          keep_summary: [begun.answerId, begun.lease, 1, 'x'],
        }[name]
        await expect(call(client, member, name, values ?? [])).rejects.toMatchObject({ code: '42501' })
      }
      const stranger = { ...begun, lease: randomUUID() }
      expect(await clientError(append(client, stranger, 0, texts(0, 'x')))).toMatchObject({
        details: 'lease',
      })
      expect(await clientError(finish(client, { ...begun, answerId: randomUUID() }))).toMatchObject({
        code: 'not_found',
      })
      // Once it has ended, it has no lease: nor is it written by who has none.
      await finish(client, begun)
      for (const lease of [begun.lease, null])
        expect(
          await clientError(call(client, service, 'append_answer', [begun.answerId, lease, 0, '[]'])),
        ).toMatchObject({ code: 'conflict', details: 'lease' })
    }),
  )

  it(
    'reports calls that can be, and each once',
    story(async (client) => {
      const begun = await ask(client)
      for (const [calls, details] of [
        [{}, 'usage'],
        [[usage(-1)], 'usage.0.inputTokens'],
        [[usage(10, 1, { cachedTokens: 11 })], 'usage.0.cachedTokens'],
        [[usage(10, 1, { cachedTokens: 6, cacheWriteTokens: 5 })], 'usage.0.cacheWriteTokens'],
        [[usage(), usage(1, 1.5)], 'usage.1.outputTokens'],
        [[usage(1, 1, { model: 'gpt-6.1-terra' })], 'usage.0.model'],
        [[usage(1, 1, { price: 0 })], 'usage.0.price'],
        [[usage(100_000_001)], 'usage.0.inputTokens'],
        [[usage(1, 100_000_001)], 'usage.0.outputTokens'],
        [[usage(1, 1, { milliseconds: -1 })], 'usage.0.milliseconds'],
        [[usage(1, 1, { isEstimated: 1 })], 'usage.0.isEstimated'],
        [[usage(1, 1, { outcome: 'Two words' })], 'usage.0.outcome'],
        [Array(101).fill(usage(0, 0)), 'usage'],
        [[usage(1, 1, { outcome: 'x'.repeat(65_536) })], 'usage'],
      ])
        expect(await clientError(finish(client, begun, 'complete', calls))).toMatchObject({
          code: 'invalid_input',
          details,
        })
      for (const [status, error, details] of [
        ['running', null, 'status'],
        [null as unknown as string, null, 'status'],
        ['failed', { code: 'x', message: 'x'.repeat(4_096) }, 'error'],
        ['failed', { code: 'x'.repeat(4_096) }, 'error'],
        ['failed', { code: 'x' }, 'error.message'],
        ['failed', { code: 'x', message: 'x', more: 1 }, 'error.more'],
      ] as const)
        expect(await clientError(finish(client, begun, status, [], error))).toMatchObject({
          code: 'invalid_input',
          details,
        })
      expect(
        await clientError(call(client, service, 'renew_answer', [begun.answerId, begun.lease, 100_000_001])),
      ).toMatchObject({ code: 'invalid_input', details: 'estimated_input_tokens' })
      expect(await clientError(call(client, member, 'answer_parts', [begun.answerId, -1]))).toMatchObject({
        code: 'invalid_input',
        details: 'after_sequence',
      })
      const renew = (calls: unknown[]) =>
        call(client, service, 'renew_answer', [begun.answerId, begun.lease, null, JSON.stringify(calls)])
      expect(await clientError(renew([usage(-1)]))).toMatchObject({ details: 'usage.0.inputTokens' })
      await renew([usage()])
      await renew([usage(), usage(2000, 200)])
      await finish(client, begun, 'complete', [usage(), usage(2000, 200), usage(0, 0)])
      const { rows } = await client.query(
        'select number, credits::float from private.ai_usage order by number',
      )
      expect(rows).toEqual([
        { number: 1, credits: 0.015 },
        { number: 2, credits: 0.03 },
        { number: 3, credits: 0 },
      ])
      expect((await books(client))[0]).toEqual({ scope: 'agent', held: 0, spent: 0.045 })
    }),
  )
})

it(
  'what becomes of an answer leaves the one before it in its conversation alone',
  story(async (client) => {
    const first = await exchange(client)
    const second = await ask(client, member, { conversation: first.conversationId })
    await call(client, service, 'resume_answer', [second.answerId, second.lease])
    // Who asks again what became of it still has its lease.
    expect(await finish(client, first)).toMatchObject({ status: 'complete' })
    const stops = async () =>
      (await client.query('select number, stop_requested_at as at from private.answers order by number')).rows
    await call(client, member, 'stop_answer', [second.answerId])
    expect(await stops()).toMatchObject([{ at: null }, { at: expect.any(Date) }])
    // Who stops it twice stopped it the first time.
    await client.query(
      "update private.answers set stop_requested_at = now() - interval '1 hour' where status = 'running'",
    )
    const before = await stops()
    await call(client, member, 'stop_answer', [second.answerId])
    expect(await stops()).toEqual(before)
  }),
)

it(
  'an answer has 256 KiB, and not a byte more',
  story(async (client) => {
    const begun = await ask(client)
    await append(client, begun, 0, texts(0, ...Array(4).fill('x'.repeat(60_000))))
    const { rows } = await client.query<{ bytes: number }>('select bytes from private.answers')
    const left = 262_144 - Number(rows[0]?.bytes)
    // As Postgres prints a list of one part.
    const around = '[{"text": "", "type": "text_delta", "sequence": 5}]'.length
    const last = (length: number) => append(client, begun, 4, texts(4, 'x'.repeat(length - around)))
    expect(await clientError(last(left + 1))).toMatchObject({ code: 'invalid_input', details: 'parts' })
    expect(await last(left)).toMatchObject({ lastSequence: 5 })
  }),
)

it.each<[what: string, sql: string, found: unknown]>([
  [
    'parts are at most 256 KiB at once',
    `select private.parts_problem(jsonb_agg(jsonb_build_object(
       'type', 'text_delta', 'sequence', n, 'text', repeat('x', 60000))), 0) ->> 'path'
     from generate_series(1, 5) as n`,
    'parts',
  ],
  ['lines are a list', "select private.lines_problem('lines', '{}', 1, 1) ->> 'path'", 'lines'],
  [
    'a widget that is added is configured as proposed',
    `select private.changed_layout('{"widgets": []}',
       '[{"change": "add", "widgetId": "x", "position": {}, "config": {"a": 1}}]') #> '{widgets,0,config}'`,
    { a: 1 },
  ],
])('%s', (_, sql, found) =>
  story(async (client) => {
    const { rows } = await client.query({ text: sql, rowMode: 'array' })
    expect(rows).toEqual([[found]])
  })(),
)

it(
  'a proposal for a view in the trash is refused',
  story(async (client) => {
    const begun = await ask(client)
    const view = await insertView(client, { deleted_at: new Date().toISOString() })
    expect(await clientError(append(client, begun, 0, [patch({ sequence: 1, viewId: view })]))).toMatchObject(
      { code: 'invalid_input', details: 'parts.patch' },
    )
  }),
)
