import type { Place } from '../place.ts'
import { type Call, inWorkspace } from './call.ts'

// Agents, their conversations and what they cost.

const question = async ({ workspace, ask }: Place) => {
  const begun = await ask(
    `select public.begin_answer($1, gen_random_uuid(), 'How is revenue?',
       agent_id => 'a0000000-0000-4000-8000-000000000001') as answer`,
    [workspace],
  )
  return begun as { answerId: string; conversationId: string }
}
const conversation = async (place: Place) => ({
  workspace_id: place.workspace,
  conversation_id: (await question(place)).conversationId,
})

/** One of the fixture, with its answer. */
const answered = async ({ workspace, ask }: Place) => ({
  workspace_id: workspace,
  // The one that everybody has: in another a question may be open.
  conversation_id: await ask(
    `select jsonb_path_query_first(public.list_conversations($1), '$.conversations[*] ? (@.title == "Numbers")')
       ->> 'id' as answer`,
    [workspace],
  ),
})
const proposal = async (place: Place) => {
  const { workspace_id, conversation_id } = await answered(place)
  const id = await place.ask("select public.list_proposals($1, $2) -> 0 ->> 'id' as answer", [
    workspace_id,
    conversation_id,
  ])
  return { workspace_id, proposal_id: id }
}
const analyst = { name: 'Analyst', kind: 'analyst', instructions: 'Explain.' }
const agent = async ({ workspace, ask }: Place) => {
  const made = await ask('select public.save_agent($1, $2) as answer', [workspace, JSON.stringify(analyst)])
  return { workspace_id: workspace, agent_id: (made as { id: string }).id }
}
const month = ({ workspace }: Place) => ({
  workspace_id: workspace,
  from_day: '2026-01-01',
  to_day: '2026-01-31',
  by: 'day',
})

export const agentCalls: Record<string, Call> = {
  accept_proposal: { arguments: proposal },
  ai_usage_report: { arguments: month, as: 'admin' },
  answer_parts: { arguments: async (place) => ({ answer_id: (await question(place)).answerId }) },
  begin_answer: {
    arguments: ({ workspace }) => ({
      workspace_id: workspace,
      idempotency_key: crypto.randomUUID(),
      content: 'How is revenue?',
      agent_id: 'a0000000-0000-4000-8000-000000000001',
    }),
  },
  branch_conversation: { arguments: async (place) => ({ ...(await answered(place)), number: 2 }) },
  delete_agent: { arguments: agent },
  delete_conversation: { arguments: conversation },
  get_agent: { arguments: agent },
  get_ai_settings: { arguments: inWorkspace, as: 'admin' },
  get_conversation: { arguments: answered },
  list_agents: { arguments: inWorkspace, answer: { grows: 'all agents that the person may ask' } },
  list_ai_models: { arguments: inWorkspace },
  list_conversations: { arguments: inWorkspace },
  list_proposals: { arguments: answered },
  my_ai_usage: { arguments: month },
  reject_proposal: { arguments: proposal },
  save_agent: { arguments: ({ workspace }) => ({ workspace_id: workspace, document: analyst }) },
  save_ai_settings: {
    arguments: ({ workspace }) => ({ workspace_id: workspace, document: {} }),
    as: 'admin',
  },
  search: {
    arguments: ({ workspace }) => ({ workspace_id: workspace, query: 'revenu' }),
    grows: {
      because: 'of each kind as many as 300 of the widgets and conversations that all match are compared',
      limits: [{ milliseconds: 0.5, of: 'things', per: 1_000 }],
    },
  },
  search_conversations: {
    arguments: ({ workspace }) => ({ workspace_id: workspace, search: 'revenue' }),
    grows: {
      because: 'the latest 500 places are looked through',
      limits: [{ milliseconds: 0.5, of: 'things', per: 1_000 }],
    },
  },
  stop_answer: { arguments: async (place) => ({ answer_id: (await question(place)).answerId }) },
  update_conversation: {
    arguments: async (place) => ({ ...(await conversation(place)), patch: { title: 'Numbers' } }),
  },
}
