import pg from 'pg'
import type { Stack } from '../local/stack.ts'
import { callAs } from './call-as.ts'
import type { Measurement } from './report.ts'
import { absolute, relative, sampled } from './samples.ts'
import { measureWords } from './words.ts'

/** Where there is everything to find, and another that has as much. */
const workspace = 'WK-SEARCH001'
const neighbour = 'WK-SEARCH002'
/** An admin there, who sees all that anybody may see. */
const reader = '00000000-0000-4000-8000-0000005ea4c4'
const times = { rounds: 100, warmUp: 10 }

/**
 * A word of every widget, one of every hundredth thing, one of a handful, one of none; beginnings of two letters and
 * more; typos; several words; and one that a colleague's personal things have in every name.
 */
const searches = [
  'revenue',
  'giraffe',
  'elephant',
  'unobtainium',
  're',
  'revenu',
  'ovreview',
  'girafe',
  'north overview',
  'jose',
  'layoffs',
]

/**
 * What the widest reader waits for in a workspace of 100,000 things: 40,000 widgets in 4,000 views, 30,000 messages of
 * conversations, 15,000 entries of the audit log, 5,000 people, 3,000 tickets with a message each; then beside a
 * neighbour with as many, which must be the same. Then what finding the words of a long message takes.
 */
export async function measureSearch(stack: Stack): Promise<Measurement[]> {
  const client = new pg.Client({ connectionString: stack.urls.database })
  await client.connect()
  try {
    await client.query(reading)
    await fill(client, workspace, 1)
    const alone = await measureAll(client)
    await fill(client, neighbour, 2)
    const beside = await measureAll(client)
    const found = searches.flatMap((query, n) => {
      const [limit = [], figure = []] = [alone[n], beside[n]]
      return [
        absolute(`search for "${query}" among 100,000 things, p95 (ms)`, figure, 30),
        relative(`the same beside a search without a neighbour that has as much`, { limit, figure }, 1.3),
      ]
    })
    return [...found, ...(await measureWords(client))]
  } finally {
    await client.end()
  }
}

/** In turns, so that whatever else the machine does falls on all of them. */
async function measureAll(client: pg.Client): Promise<number[][]> {
  const samples = []
  for (const query of searches) samples.push(await sampled(times, () => searchOnce(client, query)))
  return samples
}

async function searchOnce(client: pg.Client, query: string): Promise<number> {
  const { milliseconds, answer } = await callAs(client, reader, 'public.search($1, $2)', [workspace, query])
  const found = answer.results.length
  if (found > 0 !== !['unobtainium', 'layoffs'].includes(query))
    throw new Error(`A search for "${query}" found ${found} things.`)
  return milliseconds
}

const reading = `
  insert into auth.users (id, aud, role, email, email_confirmed_at)
  values ('${reader}', 'authenticated', 'authenticated', 'search@bench.test', now())`

/** Without the triggers, but for those that a search lives by; what the others keep stands in the rows. */
async function fill(client: pg.Client, id: string, number: number): Promise<void> {
  const uuid = (kind: number, n: string) =>
    `('${number}${kind}5ea4c4-0000-4000-8000-' || lpad(${n}::text, 12, '0'))::uuid`
  // Rare words in every hundredth and every thousandth thing, as many everywhere.
  const words = (n: string) =>
    `concat_ws(' ', case when ${n} % 100 = 0 then 'giraffe' end, case when ${n} % 5000 = 0 then 'elephant' end)`
  await client.query(`
    insert into auth.users (id, aud, role, email, raw_user_meta_data)
    select ${uuid(1, 'n')}, 'authenticated', 'authenticated', 'found' || n || '-${number}@bench.test',
      jsonb_build_object('name', case when n % 100 = 0 then 'José ' else 'Person ' end || n)
    from generate_series(1, 5000) as n;
    insert into public.workspaces (id, name) values ('${id}', 'Search');
    insert into public.workspace_members (workspace_id, user_id, role_key)
    select '${id}', '${reader}'::uuid, 'admin'
    union all
    select '${id}', ${uuid(1, 'n')}, 'member' from generate_series(1, 5000) as n;
    alter table public.dashboard_views disable trigger user;
    alter table public.widgets disable trigger user;
    insert into public.dashboard_views (workspace_id, id, name, description, visibility, owner_id)
    select '${id}', ${uuid(2, 'n')},
      case when n % 4 = 3 then 'Layoffs ' else 'Overview ' end || n, 'North and south ' || ${words('n')},
      case when n % 4 = 3 then 'personal' else 'workspace' end, ${uuid(1, 'n')}
    from generate_series(1, 4000) as n;
    insert into public.widgets (
      workspace_id, view_id, open_to, component_audience, component_key, built_in_component, x, y, width, height,
      config)
    select v.workspace_id, v.id, v.open_to, 'writers', 'total-revenue', 'total-revenue', 0, n, 3, 2,
      jsonb_build_object('title', concat_ws(' ',
        case when v.visibility = 'personal' then 'Layoffs' else 'Revenue' end, w.place, ${words('w.place')}))
    from (
      select x.*, row_number() over (order by x.id) as place from public.dashboard_views x
      where x.workspace_id = '${id}'
    ) as v
    cross join generate_series(1, 10) as n
    cross join lateral (select v.place * 10 + n as place) as w;
    alter table public.dashboard_views enable trigger user;
    alter table public.widgets enable trigger user`)
  await client.query(`
    insert into private.conversations (workspace_id, id, owner_id, title, agent_id, head, messages, shared_at)
    select '${id}', ${uuid(3, 'n')}, ${uuid(1, 'n')}, 'Question ' || n, ${uuid(3, 'n')}, 9, 9,
      case when n % 2 = 0 then now() end
    from generate_series(1, 3000) as n;
    insert into private.messages (workspace_id, conversation_id, number, role, status, parts)
    select c.workspace_id, c.id, n, 'user', 'complete', jsonb_build_array(jsonb_build_object('type', 'text', 'text',
      concat_ws(' ', case when c.shared_at is null then 'Layoffs' end, 'Revenue of week', n, ${words('n * 11')})))
    from private.conversations c
    cross join generate_series(1, 9) as n
    where c.workspace_id = '${id}';
    insert into private.conversation_words (workspace_id, conversation_id, number, owner_id, is_shared, words)
    select c.workspace_id, c.id, 0, c.owner_id, c.shared_at is not null, private.words_of(c.title)
    from private.conversations c where c.workspace_id = '${id}'
    union all
    select c.workspace_id, c.id, m.number, c.owner_id, c.shared_at is not null,
      private.words_of(private.text_of_parts(m.parts))
    from private.messages m
    join private.conversations c on c.workspace_id = m.workspace_id and c.id = m.conversation_id
    where c.workspace_id = '${id}';
    alter table public.support_tickets disable trigger user;
    alter table public.support_messages disable trigger user;
    insert into public.support_tickets (
      workspace_id, id, number, subject, status, priority, first_answer_due_at, opened_by, idempotency_key)
    select '${id}', ${uuid(4, 'n')}, n, 'Where is revenue ' || ${words('n')}, 'closed', 'normal', now(),
      ${uuid(1, 'n')}, gen_random_uuid()
    from generate_series(1, 3000) as n;
    insert into public.support_messages (
      workspace_id, ticket_id, number, author_type, author_id, body, idempotency_key)
    select t.workspace_id, t.id, 1, 'person', t.opened_by, 'It was in the overview of the north yesterday.',
      gen_random_uuid()
    from public.support_tickets t where t.workspace_id = '${id}';
    alter table public.support_tickets enable trigger user;
    alter table public.support_messages enable trigger user;
    insert into public.audit_log (workspace_id, occurred_at, actor_type, action, table_name, row_id, changes)
    select '${id}', now() - n * interval '10 minutes', 'system', 'update', 'dashboard_views', gen_random_uuid()::text,
      jsonb_build_object('name', jsonb_build_object('old', 'Overview ' || n, 'new', 'Revenue ' || ${words('n')}))
    from generate_series(1, 15000) as n`)
  await client.query(`vacuum analyze public.dashboard_views, public.widgets, private.member_keys, public.profiles,
    public.workspace_members, private.conversation_words, public.support_tickets, public.support_messages,
    public.audit_log`)
}
