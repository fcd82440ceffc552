import {
  type AnalyticsPart,
  type AnalyticsPeriod,
  analyticsParts,
  analyticsPeriods,
  type WorkspaceAnalytics,
} from '../../../../types/index.ts'
import type { Client } from '../client.ts'
import { attemptIn } from '../controls.ts'
import { element } from '../element.ts'
import { latest } from '../latest.ts'
import { headerPanel } from '../panel.ts'
import { numbers, things } from './numbers.ts'
import { surveyForm } from './survey.ts'

export interface AnalyticsPanelOptions {
  supabase: Client
  workspaceId: string
  /** Whether they hold analytics.read. */
  mayRead: boolean
  /** Shows a view. */
  open(viewId: string): void
}

/** How the workspace is used, for who may read it; for everybody whether they are counted, and the question. */
export function analyticsPanel({
  supabase,
  workspaceId: workspace_id,
  mayRead,
  open,
}: AnalyticsPanelOptions) {
  const problem = element('p', { role: 'alert' })
  const content = element('div', { className: 'analytics' })
  const choice = element('input', { type: 'checkbox' })
  const told = element('p', { className: 'beside' })
  const survey = element('div')
  const period = element(
    'select',
    { ariaLabel: 'Period', onchange: () => attempt(readNumbers) },
    ...analyticsPeriods.map((value) => element('option', { value, selected: value === '30d' }, value)),
  )
  const panel = headerPanel(
    ['Analytics'],
    element(
      'section',
      {},
      problem,
      ...(mayRead ? [period, content] : []),
      element('label', {}, choice, ' Count my use'),
      told,
      survey,
    ),
  )

  const attempt = (work: () => Promise<void>) => attemptIn(problem, work)
  const chosen = () => period.value as AnalyticsPeriod
  const askNumbers = latest()
  const readNumbers = async () => {
    if (!mayRead) return
    const isLatest = askNumbers()
    const { data } = await supabase
      .rpc('workspace_analytics', { workspace_id, period: chosen() })
      .throwOnError()
    if (!isLatest()) return
    content.replaceChildren(...shown(data), downloads(data), dashboard())
  }
  // What was asked before somebody chose says what they chose before.
  const askChoice = latest()
  const readChoice = async () => {
    const isLatest = askChoice()
    const { data } = await supabase.rpc('analytics_choice', { workspace_id }).throwOnError()
    if (!isLatest()) return
    choice.checked = data.isCounted
    told.textContent = data.byPersonSince
      ? `Who reads the analytics sees use by person since ${data.byPersonSince}.`
      : 'Nobody sees use by person.'
  }
  choice.addEventListener('change', () => {
    askChoice()
    const is_counted = choice.checked
    const store = async () => {
      const { error } = await supabase.rpc('set_analytics_choice', { is_counted })
      if (!error) return readChoice()
      // The box says what is stored.
      choice.checked = !is_counted
      throw error
    }
    return attemptIn(problem, store, choice)
  })
  const dashboard = () =>
    element(
      'button',
      {
        onclick: () =>
          attempt(async () => {
            const { data } = await supabase.rpc('analytics_view', { workspace_id }).throwOnError()
            open(data.id)
            panel.open = false
          }),
      },
      'Open as a dashboard',
    )
  const downloads = ({ premium }: WorkspaceAnalytics) =>
    element(
      'p',
      { className: 'downloads' },
      ...analyticsParts
        .filter((part) => part === 'series' || (premium && (part !== 'people' || premium.people)))
        .map((part) => element('button', { onclick: () => attempt(() => download(part)) }, `${part}.csv`)),
    )
  const download = async (part: AnalyticsPart) => {
    const { data } = await supabase
      .rpc('workspace_analytics_csv', { workspace_id, period: chosen(), part })
      .throwOnError()
    // Without a byte order mark spreadsheets take it for the encoding of their system, and show names garbled.
    const href = URL.createObjectURL(new Blob(['\uFEFF', data], { type: 'text/csv' }))
    element('a', { href, download: `${part}.csv` }).click()
    setTimeout(() => URL.revokeObjectURL(href), 10_000)
  }
  const read = async () => {
    await Promise.all([readNumbers(), readChoice()])
    survey.replaceChildren(...(await surveyForm(supabase, attempt)))
  }
  return { panel, read }
}

function shown({ to, basics, premium }: WorkspaceAnalytics): Node[] {
  const until = new Date(to).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })
  return [
    element('p', { className: 'beside' }, `Up to ${until}, beside the time before`),
    numbers(basics),
    ...(premium
      ? [
          things('Views', premium.views),
          things('Features', premium.features),
          things('Errors', premium.errors),
          element('h3', {}, 'Data and AI'),
          numbers({
            shown: premium.cache.shown,
            cacheHits: premium.cache.hits,
            saves: premium.saves,
            aiCalls: premium.ai.calls,
            aiCredits: premium.ai.credits,
          }),
        ]
      : [element('p', { className: 'beside' }, 'What is used most is part of the premium plan.')]),
  ]
}
