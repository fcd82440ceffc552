import { expect, it } from 'vitest'
import { answerTo } from '../../../tools/stand-ins/openai/answers.ts'
import { storedAgentSchema } from '../../../types/agents.ts'
import { filledView } from '../../support/dashboards/filled-view.ts'
import {
  answerIdOf,
  assistant,
  chatSuite,
  eventsOf,
  textOf,
  typesOf,
} from '../../support/functions/ai-chat-suite.ts'

// What `npm start -- --with openai` says, by the function as on the hosted platform.

const suite = chatSuite()

async function agentWith(document: object): Promise<string> {
  const { ada, workspace: workspace_id } = suite()
  const { data } = await ada.supabase
    .rpc('save_agent', {
      workspace_id,
      document: { name: 'Agent', kind: 'custom', instructions: 'Explain.', ...document },
    })
    .throwOnError()
  return storedAgentSchema.parse(data).id
}

it('uses the tools that its agent may, and says plainly what it cannot do', async () => {
  const { app, ada, answer, provider, workspace } = suite()
  provider.on({}, answerTo)
  const { viewId: view_id } = await filledView(app, ada, workspace)
  const content = 'How is revenue?'
  const [none, proposing] = await Promise.all([
    agentWith({ tools: [] }),
    agentWith({ tools: ['propose_layout_change'] }),
  ])
  const reading = await answer(ada, { content, view_id })
  expect(typesOf(reading)).toContain('citation')
  expect(textOf(reading)).toMatch(/^Revenue came to/)
  const refused = await answer(ada, { agent_id: none, content, view_id })
  expect(typesOf(refused)).not.toContain('tool_call')
  expect(textOf(refused)).toBe('I may not read what widgets show.')
  const proposed = await answer(ada, { agent_id: proposing, content, view_id })
  expect(typesOf(proposed)).toContain('patch')
  expect(textOf(proposed)).toMatch(/^I may not read what widgets show\. I propose/)
  expect(textOf(await answer(ada, { agent_id: assistant, content }))).toMatch(/^No view is on screen/)
})

it('answers at length until the limit of tokens cuts it, and goes on where it stopped', async () => {
  const { ada, answer, chat, provider, token, workspace } = suite()
  provider.on({}, answerTo)
  const cut = await answer(ada, { content: 'Tell me at length.' })
  expect(cut.at(-1)).toMatchObject({ status: 'incomplete' })
  const response = await chat.request('/continue', {
    method: 'POST',
    headers: { authorization: `Bearer ${await token(ada)}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      workspace_id: workspace,
      answer_id: answerIdOf(cut),
      idempotency_key: crypto.randomUUID(),
    }),
  })
  const rest = await eventsOf(response)
  expect(rest.at(-1)).toMatchObject({ status: 'complete' })
  const sentences = `${textOf(cut)}${textOf(rest)}`.split(/(?<=\.) /)
  expect(sentences).toHaveLength(600)
  expect(sentences.at(-1)).toBe('This is sentence 600 of a long answer.')
  expect(textOf(cut)).toHaveLength(16_384)
})
