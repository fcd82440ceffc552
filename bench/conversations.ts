import pg from 'pg'
import type { Stack } from '../local/stack.ts'
import { callAs } from './call-as.ts'
import type { Measurement } from './report.ts'
import { absolute, sampled } from './samples.ts'

// Demo, and who is in it.
const workspace = 'WK-DEM000001'
const ada = '00000000-0000-4000-8000-00000000ada0'
const long = '00000000-0000-4000-8000-0000000c0200'
const assistant = 'a0000000-0000-4000-8000-000000000001'
/** Conversations of 200 messages, so that the workspace has 100,000. */
const conversations = 500
const messagesOfEach = 200

/** A word of every message, one of every hundredth, one of a handful, one of none; and beginnings. */
const searches = [
  'revenue',
  'giraffe',
  'elephant',
  'zebra',
  'rev',
  'revenue giraffe',
  'gir ele',
  'unobtainium',
]

/** What conversations cost: reading and branching a long one, searching many, and an answer from begin to end. */
export async function measureConversations(stack: Stack): Promise<Measurement[]> {
  const client = new pg.Client({ connectionString: stack.urls.database })
  await client.connect()
  try {
    await client.query(fixture)
    await client.query('vacuum analyze private.messages, private.conversation_words, private.conversations')
    const read = await sampled({ rounds: 200, warmUp: 20 }, async () => {
      const { milliseconds, answer } = await callAs(client, ada, 'public.get_conversation($1, $2)', [
        workspace,
        long,
      ])
      if (answer.messages.length !== messagesOfEach) throw new Error('Not all of the messages came.')
      return milliseconds
    })
    const found = []
    for (const words of searches) {
      const samples = await sampled({ rounds: 50, warmUp: 5 }, async () => {
        const { milliseconds } = await callAs(client, ada, 'public.search_conversations($1, $2)', [
          workspace,
          words,
        ])
        return milliseconds
      })
      found.push(absolute(`search for "${words}" in 100,000 messages, p95 (ms)`, samples, 30))
    }
    const branches = await sampled({ rounds: 50, warmUp: 5 }, () => branchOnce(client))
    const answers = await sampled({ rounds: 100, warmUp: 10 }, () => answerOnce(client))
    return [
      absolute('a conversation of 200 messages, p95 (ms)', read, 15),
      ...found,
      absolute('a branch of a conversation of 200 messages, p95 (ms)', branches, 60),
      absolute('an answer begun, written to ten times and ended, without network, p95 (ms)', answers, 60),
    ]
  } finally {
    await client.end()
  }
}

async function branchOnce(client: pg.Client): Promise<number> {
  await client.query('truncate private.rate_limit_buckets')
  const { milliseconds, answer } = await callAs(client, ada, 'public.branch_conversation($1, $2, $3)', [
    workspace,
    long,
    messagesOfEach,
  ])
  // There is room for some hundred conversations of one person.
  await client.query('delete from private.conversations where workspace_id = $1 and id = $2', [
    workspace,
    answer.id,
  ])
  return milliseconds
}

async function answerOnce(client: pg.Client): Promise<number> {
  // Nobody asks so much in so short a time.
  await client.query('truncate private.rate_limit_buckets')
  const begun = performance.now()
  const { answer } = await callAs(
    client,
    ada,
    "public.begin_answer($1, gen_random_uuid(), 'How?', null, $2)",
    [workspace, assistant],
  )
  const { answerId, lease } = answer
  for (let after = 0; after < 10; after += 1)
    await client.query('select public.append_answer($1, $2, $3, $4)', [
      answerId,
      lease,
      after,
      JSON.stringify([{ type: 'text_delta', sequence: after + 1, text: 'It grew. ' }]),
    ])
  await client.query('select public.finish_answer($1, $2, $3, $4)', [
    answerId,
    lease,
    'complete',
    JSON.stringify([{ model: 'gpt-6-luna', inputTokens: 1, outputTokens: 1 }]),
  ])
  return performance.now() - begun
}

/** Half of the conversations are Ada's, the others are shared by somebody else; budgets and plan have room. */
const fixture = `
  insert into private.conversations (workspace_id, id, owner_id, title, agent_id, head, messages, shared_at)
  select '${workspace}', ('00000000-0000-4000-8000-0000000c' || lpad(n::text, 4, '0'))::uuid,
    case when n % 2 = 0 then '${ada}'::uuid else (
      select m.user_id from public.workspace_members m
      where m.workspace_id = '${workspace}' and m.user_id <> '${ada}' order by m.user_id limit 1) end,
    'Conversation ' || n, '${assistant}', ${messagesOfEach}, ${messagesOfEach}, case when n % 2 = 1 then now() end
  from generate_series(1, ${conversations}) as n;
  insert into private.messages (workspace_id, conversation_id, number, parent, role, status, parts, bytes, finished_at)
  select c.workspace_id, c.id, n, nullif(n - 1, 0), case n % 2 when 1 then 'user' else 'assistant' end, 'complete',
    jsonb_build_array(jsonb_build_object('type', case n % 2 when 1 then 'text' else 'text_delta' end, 'sequence', 1,
      'text', t.text)), octet_length(t.text), now()
  from private.conversations c
  cross join generate_series(1, ${messagesOfEach}) as n
  cross join lateral (
    select concat_ws(' ', 'Revenue of week', n, 'was', repeat('higher than the week before and ', 12), 'so on',
      case when n % 100 = 0 then 'giraffe' end,
      case when n = 200 and hashtext(c.id::text) % 100 = 0 then 'elephant' end) as text
    offset 0
  ) as t
  where c.workspace_id = '${workspace}' and c.title like 'Conversation %';
  insert into private.conversation_words (workspace_id, conversation_id, number, owner_id, is_shared, words, said_at)
  select m.workspace_id, m.conversation_id, m.number, c.owner_id, c.shared_at is not null,
    private.words_of(private.text_of_parts(m.parts)), now() - random() * interval '300 days'
  from private.messages m
  join private.conversations c on c.workspace_id = m.workspace_id and c.id = m.conversation_id
  where m.workspace_id = '${workspace}' and c.title like 'Conversation %';
  insert into private.answers (workspace_id, conversation_id, number, id, owner_id, idempotency_key, request_hash,
    status, leased_until, agent_id, model_key, prices, max_tokens, month, finished_at)
  select m.workspace_id, m.conversation_id, m.number, m.id, '${ada}', gen_random_uuid(), '', 'complete',
    now(), '${assistant}', 'gpt-6-luna', '{}', 1, date_trunc('month', now()), now()
  from private.messages m
  where m.workspace_id = '${workspace}' and m.conversation_id = '${long}' and m.role = 'assistant';
  select public.grant_plan('${workspace}', 'premium', now() + interval '1 day', 'A benchmark');`
