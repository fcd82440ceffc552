import { type Agent, type ComponentType, functionRefusalOf } from '../../../../types/index.ts'
import type { Client } from '../client.ts'
import { attemptIn, sentence } from '../controls.ts'
import { element } from '../element.ts'
import { keyOfSaid } from '../key.ts'
import { costReport } from './cost.ts'
import { messageOf } from './message.ts'
import { answerEvents, invoked, restOf } from './stream.ts'
import type { Surroundings } from './surroundings.ts'

export interface ChatOptions {
  supabase: Client
  workspaceId: string
  /** The view on screen. */
  viewId(): string
  /** The type of a widget's component, where the widget is on screen. */
  typeOf(instanceId: string): ComponentType | undefined
  /** Called where a view was changed. */
  changed(): Promise<void>
  /** Whether what everybody spent is theirs to see. */
  seesCosts: boolean
}

/** A panel to ask agents. Who closes the tab in mid-answer finds the conversation again, and the answer where it is. */
export function chatPanel({
  supabase,
  workspaceId: workspace_id,
  viewId,
  typeOf,
  changed,
  seesCosts,
}: ChatOptions) {
  const key = `chat:${workspace_id}`
  const agents = element('select', { ariaLabel: 'Agent' })
  const list = element('ol', { className: 'messages' })
  const question = element('input', {
    ariaLabel: 'Question',
    placeholder: 'How is revenue?',
    maxLength: 4000,
    required: true,
  })
  const ask = element('button', { className: 'primary' }, 'Ask')
  const stop = element('button', { type: 'button', hidden: true }, 'Stop')
  const fresh = element('button', { type: 'button' }, 'New')
  const problem = element('p', { role: 'alert' })
  const { report, read: readCosts } = costReport(supabase, workspace_id, seesCosts)
  const form = element('form', {}, question, ask, stop, fresh)
  const panel = element(
    'details',
    { className: 'chat', hidden: true },
    element('summary', {}, 'Ask an agent'),
    agents,
    list,
    form,
    problem,
    report,
  )
  const around: Surroundings = { supabase, workspaceId: workspace_id, typeOf, changed, decided: new Map() }
  let running: string | undefined
  let keyOf = keyOfSaid()

  /** Shows an answer as it comes, to its end, and says whether it has begun. */
  const show = async (first: () => Promise<Response>, known?: string) => {
    let hasBegun = false
    const answer = messageOf('assistant', around)
    list.append(answer.item)
    // A new conversation is none as long as an answer may still lead back to the one of before.
    ask.disabled = fresh.disabled = true
    stop.hidden = false
    problem.textContent = ''
    try {
      for await (const event of answerEvents(supabase, first, known)) {
        if (event.type === 'start') {
          hasBegun = true
          running = event.answerId
          localStorage.setItem(key, event.conversationId)
        }
        answer.add(event)
        answer.item.scrollIntoView({ block: 'nearest' })
      }
    } catch (error) {
      answer.item.remove()
      problem.textContent = sentence(error)
    } finally {
      running = undefined
      ask.disabled = fresh.disabled = false
      stop.hidden = true
      readCosts().catch((error) => console.warn(error))
    }
    return hasBegun
  }

  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const content = question.value
    question.value = ''
    const message = messageOf('user', around)
    message.add({ type: 'text', sequence: 1, text: content })
    list.append(message.item)
    const conversation_id = localStorage.getItem(key)
    const view_id = viewId()
    const asked = {
      workspace_id,
      content,
      ...(conversation_id ? { conversation_id } : {}),
      agent_id: agents.value,
      ...(view_id && { view_id }),
    }
    const body = { ...asked, idempotency_key: keyOf(asked) }
    if (await show(() => invoked(supabase, 'ai-chat', { body }))) {
      // Asked once more, it is another question.
      keyOf = keyOfSaid()
    } else {
      message.item.remove()
      question.value ||= content
    }
  })
  const stopAnswer = async () => {
    if (!running) return
    const { error } = await supabase.functions.invoke('ai-chat/stop', { body: { answer_id: running } })
    if (error) throw await functionRefusalOf(error)
  }
  stop.addEventListener('click', () => attemptIn(problem, stopAnswer, stop))
  fresh.addEventListener('click', () => {
    localStorage.removeItem(key)
    list.replaceChildren()
  })

  /** The conversation of before, as far as there is one. */
  const reopen = async () => {
    const conversation_id = localStorage.getItem(key)
    if (!conversation_id) return
    const [{ data, error }, proposals] = await Promise.all([
      supabase.rpc('get_conversation', { workspace_id, conversation_id }),
      supabase.rpc('list_proposals', { workspace_id, conversation_id }),
    ])
    if (error?.code === 'not_found') return localStorage.removeItem(key)
    if (error) throw error
    for (const { id, status } of proposals.data ?? []) around.decided.set(id, status)
    agents.value = data.agent.id
    for (const { role, status, parts } of data.messages) {
      if (status === 'running') continue
      const message = messageOf(role, around)
      for (const part of parts) message.add(part)
      if (role === 'assistant') message.add({ type: 'done', sequence: 0, status })
      list.append(message.item)
    }
    const { runningAnswer } = data
    if (runningAnswer) {
      panel.open = true
      show(() => restOf(supabase, runningAnswer), runningAnswer).catch((error) => console.error(error))
    }
  }

  /** Shows the panel to who may ask. */
  const open = async () => {
    const { data } = await supabase.rpc('list_agents', { workspace_id })
    if (!data) return
    const choice = (agent: Agent) =>
      element('option', { value: agent.id, title: agent.description }, agent.name)
    const active = data.filter(({ status }) => status === 'active')
    agents.replaceChildren(...active.map(choice))
    // Who can propose, too, shows most.
    agents.value =
      (active.find(({ tools }) => tools.includes('propose_layout_change')) ?? active[0])?.id ?? ''
    panel.hidden = active.length === 0
    await Promise.all([reopen(), readCosts()])
  }
  return { panel, open }
}
