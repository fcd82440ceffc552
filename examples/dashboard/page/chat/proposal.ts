import type { MessagePart } from '../../../../types/index.ts'
import { attemptIn } from '../controls.ts'
import { element } from '../element.ts'
import type { Surroundings } from './surroundings.ts'

type Patch = Extract<MessagePart, { type: 'patch' }>

/** What an agent proposes: nothing is changed until the person accepts it. */
export function proposal(
  { proposalId: proposal_id, summary, changes }: Patch,
  { supabase, workspaceId: workspace_id, changed, decided }: Surroundings,
): HTMLElement {
  const outcome = element('p', { role: 'status' })
  const count = changes.length === 1 ? 'one change' : `${changes.length} changes`
  const box = element('div', { className: 'proposal' }, element('p', {}, `${summary} (${count})`))
  const decide = async (name: 'accept_proposal' | 'reject_proposal') => {
    await supabase.rpc(name, { workspace_id, proposal_id }).throwOnError()
    buttons.remove()
    outcome.textContent = name === 'accept_proposal' ? 'Accepted.' : 'Rejected.'
    await changed()
  }
  // One of them, once.
  const choose = (name: Parameters<typeof decide>[0]) => attemptIn(outcome, () => decide(name), buttons)
  const buttons = element(
    'p',
    {},
    element('button', { className: 'primary', onclick: () => choose('accept_proposal') }, 'Accept'),
    ' ',
    element('button', { onclick: () => choose('reject_proposal') }, 'Reject'),
  )
  const known = decided.get(proposal_id)
  if (known === 'accepted' || known === 'rejected')
    outcome.textContent = known === 'accepted' ? 'Accepted.' : 'Rejected.'
  else box.append(buttons)
  box.append(outcome)
  return box
}
