import { createHash } from 'node:crypto'
import type { Place } from '../place.ts'
import { type Call, inWorkspace, ofView } from './call.ts'

// Data sources and the data of widgets.

const savedSource = ({ workspace }: Place) => ({
  workspace_id: workspace,
  document: { kind: 'static', name: 'Answers', data: { value: 42 } },
})
const oneSource = async ({ workspace, ask }: Place) => ({
  workspace_id: workspace,
  id: await ask("select public.list_data_sources($1) -> 0 ->> 'id' as answer", [workspace]),
})

export const widgetDataCalls: Record<string, Call> = {
  available_data_sources: {
    arguments: inWorkspace,
    answer: { grows: 'all sources of the workspace, at most 100' },
  },
  check_data_source: { arguments: savedSource, as: 'admin' },
  delete_data_source: { arguments: oneSource, as: 'admin' },
  get_data_source: { arguments: oneSource, as: 'admin' },
  get_kept_widget_data: {
    // The first of the fixture, which keeps each under the hash of its number.
    arguments: (place) => ({ ...inWorkspace(place), hash: createHash('sha256').update('1').digest('hex') }),
  },
  get_widget_data: { arguments: ofView },
  keep_widget_data: { arguments: ({ widget }) => ({ widget_id: widget }) },
  list_data_sources: {
    arguments: inWorkspace,
    as: 'admin',
    answer: { grows: 'all sources of the workspace, at most 100' },
  },
  report_widget_reads: { arguments: (place) => ({ ...inWorkspace(place), hits: 8 }) },
  save_data_source: { arguments: savedSource, as: 'admin' },
  query_metrics: {
    arguments: (place) => ({
      ...inWorkspace(place),
      type: 'stats',
      query: { metric: 'revenue', period: '7d' },
    }),
  },
  widgets_to_refresh: { arguments: ofView },
}
