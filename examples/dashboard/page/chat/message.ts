import type { AnswerEvent, ComponentType, MessagePart } from '../../../../types/index.ts'
import type { Client } from '../client.ts'
import { element } from '../element.ts'
import { citation } from './citation.ts'
import { proposal } from './proposal.ts'

/** What is on screen of the conversation's surroundings. */
export interface Surroundings {
  supabase: Client
  workspaceId: string
  /** The type of a widget's component, where the widget is on screen. */
  typeOf(instanceId: string): ComponentType | undefined
  /** Called where a view was changed. */
  changed(): Promise<void>
  /** What became of proposals, by their ids. */
  decided: Map<string, string>
}

const endings: Record<string, string> = {
  stopped: 'Stopped.',
  incomplete: 'It did not come to its end.',
  interrupted: 'It was broken off.',
  failed: 'It failed.',
}

/** A message that grows part by part. Text is text: it is never read as HTML. */
export function messageOf(role: 'user' | 'assistant', around: Surroundings) {
  const text = element('p')
  const beside = element('div', { className: 'parts' })
  const state = element('p', { className: 'beside', role: 'status' })
  const item = element('li', {}, text, beside, state)
  item.dataset.role = role
  const add = (part: MessagePart | AnswerEvent) => {
    switch (part.type) {
      case 'text':
      case 'text_delta':
        text.append(part.text)
        break
      case 'tool_call':
        state.textContent = `${part.name.replaceAll('_', ' ')} …`
        break
      case 'tool_result':
        state.textContent = part.isFailed ? `${part.name.replaceAll('_', ' ')}: ${part.message}` : ''
        break
      case 'citation':
        beside.append(citation(part, around))
        break
      case 'patch':
        beside.append(proposal(part, around))
        break
      case 'error':
        beside.append(element('p', { role: 'alert' }, part.message))
        break
      case 'done':
        state.textContent = endings[part.status] ?? ''
        item.dataset.status = part.status
        break
    }
  }
  return { item, add }
}
