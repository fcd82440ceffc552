import type { AnswerEvent, MessagePart } from '../../../../types/index.ts'
import { element } from '../element.ts'
import { citation } from './citation.ts'
import { proposal } from './proposal.ts'
import type { Surroundings } from './surroundings.ts'

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
