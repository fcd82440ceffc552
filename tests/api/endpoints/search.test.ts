import { expect, it } from 'vitest'
import { searchAnswerSchema } from '../../../types/search.ts'
import { endpointSuite } from '../../support/http/endpoint-suite.ts'
import type { Person } from '../../support/http/front-end.ts'

// The row of docs/endpoints.md about search.

const people = endpointSuite()

it('search', async () => {
  const { ada, vic, eve, mia, workspace_id } = people()
  await ada.supabase
    .from('dashboard_views')
    .insert({ workspace_id, name: 'Overview', visibility: 'workspace' })
    .throwOnError()
  await mia.supabase
    .from('dashboard_views')
    .insert({ workspace_id, name: 'Overview of mine', visibility: 'personal' })
    .throwOnError()
  const titlesFor = async ({ supabase }: Person) => {
    const asked = { workspace_id, query: 'ovreview', kinds: ['views' as const], limit: 10 }
    const { data } = await supabase.rpc('search', asked).throwOnError()
    return searchAnswerSchema.parse(data).results.map(({ title }) => title)
  }
  expect((await titlesFor(mia)).toSorted()).toEqual(['Overview', 'Overview of mine'])
  for (const who of [ada, vic]) expect(await titlesFor(who)).toEqual(['Overview'])

  const { data } = await vic.supabase.rpc('search', { workspace_id, query: 'mia' }).throwOnError()
  expect(searchAnswerSchema.parse(data).results[0]).toMatchObject({
    kind: 'people',
    title: 'Mia',
    field: 'name',
    excerpt: [{ text: 'Mia', isMatch: true }],
  })
  const refused = async ({ supabase }: Person, query: string) =>
    (await supabase.rpc('search', { workspace_id, query })).error
  expect(await refused(eve, 'mia')).toMatchObject({ code: 'not_found' })
  expect(await refused(vic, '…')).toMatchObject({ code: 'invalid_input', details: 'query' })
})
