import { themeColumns } from '../../support/dashboards/themes.ts'
import { forNobody, type TableMatrix, type Verdicts } from '../../support/database/policy-matrix.ts'
import { ids, ours } from '../../support/people/cast.ts'

const shared = '00000000-0000-4000-8000-0000000000e1'
const personal = '00000000-0000-4000-8000-0000000000e2'

const readers: Verdicts = {
  anonymous: '42501',
  outsider: 'none',
  viewer: 'rows',
  member: 'rows',
  admin: 'rows',
  suspended: 'none',
  custom: 'none',
  service: 'rows',
  api_key: 'rows',
}
const writers: Verdicts = { ...readers, viewer: 'none' }
const ownerAlone: Verdicts = { ...writers, admin: 'none', api_key: 'none' }
const makers: Verdicts = {
  anonymous: '42501',
  outsider: '42501',
  viewer: '42501',
  member: 'rows',
  admin: 'rows',
  suspended: '42501',
  custom: '42501',
  service: 'rows',
  api_key: 'rows',
}

// Shared ones are read with themes.read and written with themes.write; a personal one is its owner's, here the member's.
export const themes: TableMatrix = {
  async prepare(client) {
    await client.query("select set_config('request.jwt.claims', $1, false)", [
      JSON.stringify({ sub: ids.member, role: 'authenticated' }),
    ])
    await client.query(
      `insert into public.themes (workspace_id, id, name, colors, visibility)
       values ($1, $2, 'Shared', $4, 'workspace'), ($1, $3, 'Personal', $4, 'personal')`,
      [ours, shared, personal, themeColumns.colors],
    )
    await client.query("select set_config('request.jwt.claims', '', false)")
  },
  cases: [
    {
      operation: 'select',
      what: 'a shared theme',
      match: { workspace_id: ours, id: shared },
      verdicts: readers,
    },
    {
      operation: 'select',
      what: 'a personal theme',
      match: { workspace_id: ours, id: personal },
      verdicts: ownerAlone,
    },
    {
      operation: 'insert',
      what: 'a shared theme',
      values: { workspace_id: ours, ...themeColumns, visibility: 'workspace' },
      verdicts: makers,
    },
    {
      operation: 'insert',
      what: 'a personal theme',
      values: { workspace_id: ours, ...themeColumns, visibility: 'personal' },
      verdicts: { ...makers, service: 'invalid_input', api_key: 'invalid_input' },
    },
    {
      operation: 'insert',
      what: 'a theme by another',
      values: { workspace_id: ours, ...themeColumns, owner_id: ids.viewer },
      verdicts: forNobody,
    },
    {
      operation: 'update',
      what: 'the name of a shared theme',
      match: { workspace_id: ours, id: shared },
      values: { name: 'Renamed' },
      verdicts: writers,
    },
    {
      operation: 'update',
      what: 'the name of a personal theme',
      match: { workspace_id: ours, id: personal },
      values: { name: 'Renamed' },
      verdicts: ownerAlone,
    },
    {
      operation: 'update',
      what: 'the owner of a theme',
      match: { workspace_id: ours, id: shared },
      values: { owner_id: ids.viewer },
      verdicts: forNobody,
    },
    {
      operation: 'delete',
      what: 'a shared theme',
      match: { workspace_id: ours, id: shared },
      verdicts: writers,
    },
    {
      operation: 'delete',
      what: 'a personal theme',
      match: { workspace_id: ours, id: personal },
      verdicts: ownerAlone,
    },
  ],
}
