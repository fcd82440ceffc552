import type { StoredView } from '../../../types/view.ts'
import type { Fence } from './fence.ts'

/** What every agent is told, before and after what its makers wrote. */
export function instructionsOf({
  agent,
  fence,
  view,
  summary,
  now = new Date(),
}: {
  agent: { name: string; instructions: string }
  fence: Fence
  view: StoredView | null
  summary: string | null
  now?: Date
}): string {
  return [
    `You are ${singleLine(agent.name)}, an agent in a dashboard of numbers of a workspace. Answer from what the ` +
      'tools give, and say so where they give nothing. Numbers are never guessed.',
    agent.instructions,
    fence.rule,
    'You change nothing yourself. A change to a layout is proposed with propose_layout_change, and the person ' +
      'decides. Write no addresses of web pages and no images.',
    `It is ${now.toISOString().slice(0, 16)} UTC.`,
    view && fence.around('the view on screen', JSON.stringify(shown(view))),
    summary && fence.around('a summary of what was said before', summary),
  ]
    .filter(Boolean)
    .join('\n\n')
}

function shown({ id, name, version, layout }: StoredView) {
  const widgets = layout.widgets.slice(0, 60).map(({ instanceId, widgetId, position, visible }) => ({
    instanceId,
    widgetId,
    position,
    visible,
  }))
  return { view_id: id, name, version, widgets }
}

function singleLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 100)
}
