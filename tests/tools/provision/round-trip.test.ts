import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { StackError } from '../../../local/stack/index.ts'
import { provision } from '../../../tools/provision/provision.ts'
import { dataSourceSchema } from '../../../types/data-source.ts'
import { gauge } from '../../support/dashboards/components.ts'
import { layoutOf, widget } from '../../support/dashboards/layouts.ts'
import { contractTheme, themeColumns } from '../../support/dashboards/themes.ts'
import { borrowFrontEnd, type FrontEnd, type Person } from '../../support/http/front-end.ts'
import { setPlan } from '../../support/people/plan.ts'
import { filesIn, folderOf, writeInto } from '../../support/stack/folders.ts'

// The command against the whole API.

let app: FrontEnd
let ada: Person
let mia: Person

beforeAll(async () => {
  app = await borrowFrontEnd()
  ada = await app.signUp('Ada')
  mia = await app.signUp('Mia')
})

afterAll(() => app[Symbol.asyncDispose]())

/** The command, with its exit code and what it said. */
async function run(...args: string[]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = []
  const { url, secretKey } = app.gateway
  const environment = { SUPABASE_URL: url, SUPABASE_SECRET_KEY: secretKey }
  try {
    return { code: await provision(args, environment, (line) => lines.push(line)), lines }
  } catch (error) {
    if (!(error instanceof StackError)) throw error
    return { code: 1, lines: [...lines, error.message] }
  }
}

async function premiumWorkspace(members: Record<string, Person> = {}): Promise<string> {
  const id = await app.createWorkspace(ada, members)
  await setPlan(app.server, 'premium', id)
  return id
}

/** A workspace with one of everything, names that collide, and names that are no names of files. */
async function fullWorkspace(): Promise<string> {
  const workspace_id = await premiumWorkspace({ member: mia })
  const { supabase } = ada
  const made = [
    await supabase.rpc('update_workspace_settings', { workspace_id, patch: { timezone: 'UTC' } }),
    await supabase
      .from('workspace_roles')
      .insert({ workspace_id, key: 'editor', name: 'Editor', permissions: ['dashboards.write'] }),
    await supabase.rpc('publish_component', { workspace_id, document: gauge }),
    await supabase.rpc('publish_component', { workspace_id, document: { ...gauge, version: '1.1.0' } }),
    await supabase.from('themes').insert({ workspace_id, ...themeColumns, visibility: 'workspace' }),
    await supabase
      .from('themes')
      .insert({ workspace_id, ...themeColumns, version: '2.0.0', visibility: 'workspace' }),
    await supabase
      .from('themes')
      .insert({ workspace_id, ...themeColumns, name: 'Mine', visibility: 'personal' }),
  ]
  for (const [name, widgets] of [
    [
      '../../Sales',
      [widget(), widget({ widgetId: 'gauge', config: { unit: 'l' }, componentVersion: '1.0.0' })],
    ],
    ['CON', []],
    ['sales', []],
  ] as const)
    made.push(
      await supabase.rpc('create_view', {
        workspace_id,
        name,
        layout: layoutOf(...widgets),
        visibility: 'workspace',
      }),
    )
  expect(made.map(({ error }) => error)).toEqual(made.map(() => null))
  return workspace_id
}

/** The second theme of the two with one name, and other views for two roles and for all others. */
async function setDefaults(workspace_id: string): Promise<void> {
  const { supabase } = ada
  const theme = await supabase.from('themes').select('id').match({ workspace_id, version: '2.0.0' }).single()
  const { data: views } = await supabase.from('dashboard_views').select('id, name').match({ workspace_id })
  const idOf = (name: string) => views?.find((view) => view.name === name)?.id ?? ''
  const set = (name: string, role_key?: string) =>
    supabase.rpc('set_role_default_view', {
      workspace_id,
      view_id: idOf(name),
      ...(role_key && { role_key }),
    })
  const made = [
    await supabase.rpc('set_default_theme', { workspace_id, theme_id: theme.data?.id ?? '' }),
    await set('CON'),
    await set('sales', 'editor'),
    await set('../../Sales', 'viewer'),
  ]
  expect(made.map(({ error }) => error)).toEqual(made.map(() => null))
}

describe('a workspace', () => {
  it('goes into a folder, from there into another workspace, and out of it as the same files', async () => {
    const [from, to] = [await fullWorkspace(), await premiumWorkspace()]
    await setDefaults(from)
    const [folder, copy] = [folderOf(), folderOf()]

    expect(await run('pull', folder, '--workspace', from)).toMatchObject({ code: 0 })
    const files = filesIn(folder)
    expect(Object.keys(files)).toEqual([
      'components/gauge@1.0.0.json',
      'components/gauge@1.1.0.json',
      'dashboards/_con.json',
      'dashboards/sales-2.json',
      'dashboards/sales.json',
      'defaults.json',
      'members.json',
      'roles/editor.json',
      'themes/paper-2.json',
      'themes/paper.json',
      'workspace.json',
    ])
    expect(await run('diff', folder)).toEqual({ code: 0, lines: ['No difference.'] })

    const difference = await run('diff', folder, '--workspace', to)
    expect(difference.code).toBe(1)
    expect(difference.lines).toContain('create roles/editor.json')
    const pushed = await run('push', folder, '--workspace', to)
    expect(pushed.code).toBe(0)
    expect(pushed.lines).toEqual([
      'changed workspace.json (settings.timezone)',
      'created roles/editor.json',
      'created components/gauge@1.0.0.json',
      'created components/gauge@1.1.0.json',
      'created themes/paper.json',
      'created themes/paper-2.json',
      expect.stringMatching(/^created dashboards/),
      expect.stringMatching(/^created dashboards/),
      expect.stringMatching(/^created dashboards/),
      'changed defaults.json (theme)',
      'changed defaults.json (view)',
      'changed defaults.json (roles.editor)',
      'changed defaults.json (roles.viewer)',
      `created members.json: ${mia.email} (member)`,
    ])
    expect(await run('push', folder, '--workspace', to)).toEqual({
      code: 0,
      lines: ['Nothing to change: the workspace is what the folder says.'],
    })

    await run('pull', copy, '--workspace', to)
    expect(filesIn(copy)).toEqual({
      ...files,
      'workspace.json': files['workspace.json']?.replace(from, to),
    })
  })

  it('keeps the names of the files that it is pulled into', async () => {
    const workspace = await fullWorkspace()
    const folder = folderOf({
      'themes/brand.json': { ...themeColumns, version: '0.0.1' },
      'themes/old.json': contractTheme,
    })
    const { lines } = await run('pull', folder, '--workspace', workspace)
    expect(lines).toContain('removed themes/old.json')
    expect(Object.keys(filesIn(folder)).filter((file) => file.startsWith('themes/'))).toEqual([
      'themes/brand.json',
      'themes/paper.json',
    ])
    expect(await run('pull', folder)).toEqual({
      code: 0,
      lines: ['Nothing to write: the folder is what the workspace is.'],
    })
  })
})

it('people are left out with --no-members', async () => {
  const workspace = await premiumWorkspace({ member: mia })
  const folder = folderOf()
  await run('pull', folder, '--workspace', workspace, '--no-members')
  expect(Object.keys(filesIn(folder))).not.toContain('members.json')
  writeInto(folder, 'members.json', [{ email: ada.email, role: 'admin' }])
  expect(await run('push', folder, '--delete', '--no-members')).toEqual({
    code: 0,
    lines: ['Nothing to change: the workspace is what the folder says.'],
  })
})

describe('the settings and the name', () => {
  const rowOf = async (id: string) =>
    (await ada.supabase.from('workspaces').select('name, settings').eq('id', id).single()).data

  it('that the folder does not say stay, also in one another, and go with --delete alone', async () => {
    const id = await premiumWorkspace()
    const patch = { timezone: 'UTC', app: { color: 'red', menu: { open: true, width: 3 }, list: [1, 2] } }
    await ada.supabase.rpc('update_workspace_settings', { workspace_id: id, patch })
    const folder = folderOf({
      'workspace.json': {
        id,
        settings: { app: { menu: { width: 4, side: null }, list: [3] }, currency: 'EUR' },
      },
    })
    const kept = ['settings.app.color', 'settings.app.menu.open', 'settings.timezone'].map(
      (place) => `kept workspace.json: ${place}, which is not in the folder (--delete removes it)`,
    )
    expect(await run('push', folder)).toEqual({
      code: 0,
      lines: [
        ...kept,
        'changed workspace.json (settings.app.list.0, settings.app.list.1, settings.app.menu.side, ' +
          'settings.app.menu.width, settings.currency)',
      ],
    })
    expect((await rowOf(id))?.settings).toEqual({
      timezone: 'UTC',
      currency: 'EUR',
      app: { color: 'red', menu: { open: true, width: 4, side: null }, list: [3] },
    })
    expect(await run('diff', folder)).toEqual({ code: 0, lines: [...kept, 'No difference.'] })

    expect((await run('push', folder, '--delete')).lines).toEqual([
      'changed workspace.json (settings.app.color, settings.app.menu.open, settings.timezone)',
    ])
    expect((await rowOf(id))?.settings).toEqual({
      currency: 'EUR',
      app: { menu: { width: 4, side: null }, list: [3] },
    })
  })

  it('name is that of the workspace with the id, and of no other', async () => {
    const [named, other] = [await premiumWorkspace(), await premiumWorkspace()]
    const before = await rowOf(other)
    const folder = folderOf({ 'workspace.json': { id: named, name: 'Archive', settings: {} } })
    const told = [
      'kept workspace.json: name, since the folder names another workspace',
      'Nothing to change: the workspace is what the folder says.',
    ]
    expect((await run('push', folder, '--workspace', other)).lines).toEqual(told)
    expect((await run('push', folder, '--workspace', other, '--delete')).lines).toEqual(told)
    expect(await rowOf(other)).toEqual(before)
    expect((await run('push', folder)).lines).toEqual(['changed workspace.json (name)'])
    expect((await rowOf(named))?.name).toBe('Archive')

    writeInto(folder, 'workspace.json', { name: 'Archive', settings: {} })
    expect((await run('push', folder, '--workspace', other)).lines).toEqual(told)
  })
})

it('what asks a data source that the workspace does not have is told', async () => {
  const [from, to] = [await premiumWorkspace(), await premiumWorkspace()]
  const document = { kind: 'static' as const, name: 'Answers', data: { value: 42 } }
  await ada.supabase.rpc('save_data_source', { workspace_id: from, document })
  const { data: sources } = await ada.supabase.rpc('list_data_sources', { workspace_id: from })
  const [{ id } = { id: '' }] = dataSourceSchema.array().parse(sources)
  const asker = {
    ...gauge,
    defaultConfig: { ...gauge.defaultConfig, source: id },
    configSchema: { ...gauge.configSchema, additionalProperties: true },
  }
  const asking = widget({ widgetId: 'total-revenue', config: { source: id } })
  const folder = folderOf({
    'workspace.json': { id: from, settings: {} },
    'components/gauge.json': asker,
    'dashboards/sales.json': {
      name: 'Sales',
      layout: layoutOf(asking, widget()),
    },
  })
  expect((await run('diff', folder)).lines).toEqual([
    'create components/gauge.json',
    'create dashboards/sales.json',
  ])
  const warnings = [
    'components/gauge.json: defaultConfig',
    `dashboards/sales.json: widget ${asking.instanceId}`,
  ].map(
    (place) =>
      `warning ${place}: There is no data source ${id} in this workspace, so no data is shown: ` +
      'make one there and give its id.',
  )
  const pushed = await run('push', folder, '--workspace', to)
  expect(pushed.lines).toEqual([
    ...warnings,
    'created components/gauge.json',
    'created dashboards/sales.json',
  ])
  expect(await run('diff', folder, '--workspace', to)).toEqual({
    code: 0,
    lines: [...warnings, 'No difference.'],
  })
})

describe('a push', () => {
  it('names the file and the place of what is refused, and a rerun completes it', async () => {
    const workspace = await premiumWorkspace()
    const folder = folderOf({
      'workspace.json': { id: workspace, name: 'Studio', settings: {} },
      'themes/paper.json': themeColumns,
      'dashboards/sales.json': { name: 'Sales', layout: layoutOf(widget(), widget({ widgetId: 'no-such' })) },
    })
    const refused = await run('push', folder)
    expect(refused.code).toBe(1)
    expect(refused.lines).toEqual([
      'created themes/paper.json',
      expect.stringMatching(
        /^dashboards\/sales\.json: layout\.widgets\.\d\.widgetId: There is no such component in this workspace\./,
      ),
    ])
    writeInto(folder, 'dashboards/sales.json', { name: 'Sales', layout: layoutOf(widget()) })
    expect(await run('push', folder)).toEqual({ code: 0, lines: ['created dashboards/sales.json'] })
  })

  it('changes what differs, and deletes what is not there with --delete alone', async () => {
    const workspace = await fullWorkspace()
    const folder = folderOf()
    await run('pull', folder, '--workspace', workspace)
    const sales = JSON.parse(readFileSync(join(folder, 'dashboards/sales.json'), 'utf8'))
    writeFileSync(
      join(folder, 'dashboards/sales.json'),
      JSON.stringify({ ...sales, description: 'What is sold', layout: layoutOf(widget()) }),
    )
    for (const file of ['themes/paper-2.json', 'dashboards/_con.json', 'roles/editor.json'])
      expect(runRemove(folder, file)).toBe(true)
    writeInto(folder, 'members.json', [{ email: ada.email, role: 'admin' }])

    expect((await run('push', folder)).lines).toEqual([
      `kept members.json: ${mia.email}, which is not in the folder (--delete removes it)`,
      expect.stringContaining('kept dashboards: CON'),
      expect.stringContaining('kept themes: Paper'),
      expect.stringContaining('kept roles: editor'),
      expect.stringMatching(/^changed dashboards\/sales\.json \(description, layout\.widgets/),
    ])
    const { code, lines } = await run('push', folder, '--delete')
    expect({ code, lines }).toEqual({
      code: 0,
      lines: [
        `deleted members.json: ${mia.email}`,
        'deleted dashboards: CON',
        'deleted themes: Paper',
        'deleted roles: editor',
      ],
    })
    expect((await run('diff', folder, '--delete')).code).toBe(0)
    const { data } = await ada.supabase.from('dashboard_views').select('name').eq('workspace_id', workspace)
    expect(data?.map(({ name }) => name).sort()).toEqual(['../../Sales', 'sales'])
  })

  it('changes nothing where a published version would change, or nobody would be an admin', async () => {
    const workspace = await fullWorkspace()
    const folder = folderOf()
    await run('pull', folder, '--workspace', workspace)
    writeInto(folder, 'components/gauge@1.0.0.json', { ...gauge, title: 'Other' })
    writeInto(folder, 'components/new.json', { ...gauge, version: '1.0.5' })
    writeInto(folder, 'members.json', [{ email: mia.email, role: 'viewer' }])
    writeInto(folder, 'themes/new.json', contractTheme)
    const { code, lines } = await run('push', folder, '--delete')
    expect(code).toBe(1)
    expect(lines).toEqual([
      expect.stringMatching(
        /^conflict components\/gauge@1\.0\.0\.json: Version 1\.0\.0 of gauge is published.*\(title\)/,
      ),
      expect.stringMatching(
        /^conflict components\/new\.json: Version 1\.0\.5 cannot be published after 1\.1\.0/,
      ),
      expect.stringMatching(/^conflict members\.json: Nobody in it is an admin/),
      'Nothing was changed: these conflicts come first.',
    ])
    expect((await ada.supabase.from('themes').select('id').eq('name', contractTheme.name)).data).toEqual([])
  })

  it('invites who has no account, gives the token to its file alone, and changes roles', async () => {
    const workspace = await premiumWorkspace({ member: mia })
    const stranger = app.newAddress()
    const folder = folderOf({
      'workspace.json': { id: workspace, name: 'Studio', settings: {} },
      'members.json': [
        { email: ada.email, role: 'admin' },
        { email: mia.email, role: 'viewer' },
        { email: stranger, role: 'member' },
      ],
    })
    const tokens = join(folder, 'tokens.txt')
    expect(await run('push', folder, '--tokens', tokens)).toEqual({
      code: 0,
      lines: [
        `changed members.json: ${mia.email} (member → viewer)`,
        `invited members.json: ${stranger} (member)`,
      ],
    })
    const { token, ...invitation } = JSON.parse(readFileSync(tokens, 'utf8'))
    expect(invitation).toMatchObject({ email: stranger, role: 'member' })
    expect((await ada.supabase.rpc('preview_invitation', { token })).data).toMatchObject({
      inviterName: 'Ada',
    })
    expect(await run('push', folder)).toMatchObject({
      lines: ['Nothing to change: the workspace is what the folder says.'],
    })
  })

  it('says what people see who have chosen nothing, and takes it back', async () => {
    const workspace = await fullWorkspace()
    await setDefaults(workspace)
    const folder = folderOf()
    await run('pull', folder, '--workspace', workspace)
    expect(JSON.parse(readFileSync(join(folder, 'defaults.json'), 'utf8'))).toEqual({
      theme: 'themes/paper-2.json',
      view: 'dashboards/_con.json',
      roles: { editor: expect.stringMatching(/^dashboards/), viewer: expect.stringMatching(/^dashboards/) },
    })
    expect(await run('diff', folder)).toEqual({ code: 0, lines: ['No difference.'] })

    writeInto(folder, 'defaults.json', {
      theme: 'ocean',
      view: null,
      roles: { viewer: 'dashboards/sales.json' },
    })
    writeInto(folder, 'dashboards/new.json', { name: 'New', layout: layoutOf(widget()) })
    const first = await run('push', folder)
    expect(first).toMatchObject({ code: 0 })
    expect(first.lines).toEqual(
      expect.arrayContaining([
        'changed defaults.json (theme)',
        'changed defaults.json (view)',
        'kept defaults.json: roles.editor, which is not in the folder (--delete removes it)',
      ]),
    )
    expect((await run('push', folder, '--delete')).lines).toEqual(['deleted defaults.json: roles.editor'])
    expect(await run('push', folder, '--delete')).toMatchObject({
      lines: ['Nothing to change: the workspace is what the folder says.'],
    })
    const shown = async (table: 'default_views' | 'role_default_views' | 'default_themes') =>
      (await ada.supabase.from(table).select().match({ workspace_id: workspace })).data
    expect(await shown('default_views')).toEqual([])
    expect(await shown('role_default_views')).toMatchObject([{ role_key: 'viewer' }])
    expect(await shown('default_themes')).toMatchObject([{ built_in_theme: 'ocean', theme_id: null }])

    // A view that is made by the same push, and a default whose view is deleted in the product.
    writeInto(folder, 'dashboards/later.json', { name: 'Later', layout: layoutOf(widget()) })
    writeInto(folder, 'defaults.json', { view: 'dashboards/later.json' })
    expect((await run('push', folder)).lines).toEqual([
      'created dashboards/later.json',
      'changed defaults.json (view)',
    ])
    const { data: shownFirst } = await ada.supabase
      .from('default_views')
      .select('view_id')
      .match({ workspace_id: workspace })
      .single()
    await ada.supabase.rpc('delete_view', { view_id: shownFirst?.view_id ?? '' })
    await run('pull', folder)
    expect(readFileSync(join(folder, 'defaults.json'), 'utf8')).toContain('"view": null')
    expect((await run('diff', folder)).code).toBe(0)
  })

  it('names no default of a role that is not there', async () => {
    const workspace = await fullWorkspace()
    const folder = folderOf()
    await run('pull', folder, '--workspace', workspace)
    writeInto(folder, 'defaults.json', { roles: { nobody: 'dashboards/sales.json' } })
    expect(await run('push', folder)).toEqual({
      code: 1,
      lines: [
        'conflict defaults.json: roles.nobody: There is no such role: add its file, or leave it out here.',
        'Nothing was changed: these conflicts come first.',
      ],
    })
  })

  it('with --managed takes it out of the hands of people, and gives it back with --no-managed', async () => {
    const workspace = await fullWorkspace()
    const folder = folderOf()
    await run('pull', folder, '--workspace', workspace)
    expect((await run('push', folder, '--managed')).lines).toEqual(
      expect.arrayContaining([
        'changed roles/editor.json (managed)',
        'changed components/gauge@1.1.0.json (managed)',
        'changed themes/paper.json (managed)',
        'changed dashboards/sales.json (managed)',
      ]),
    )
    expect((await run('diff', folder, '--managed')).code).toBe(0)
    const rename = () =>
      ada.supabase
        .from('themes')
        .update({ name: 'Mine' })
        .match({ workspace_id: workspace, version: '2.0.0' })
    expect((await rename()).error).toMatchObject({ code: 'permission_denied' })

    const theme = JSON.parse(readFileSync(join(folder, 'themes/paper.json'), 'utf8'))
    writeInto(folder, 'themes/paper.json', { ...theme, version: '3.0.0' })
    expect((await run('push', folder)).lines).toEqual(['changed themes/paper.json (version)'])
    expect((await run('push', folder, '--no-managed')).code).toBe(0)
    expect((await rename()).error).toBeNull()
  })
})

function runRemove(folder: string, file: string): boolean {
  const isThere = file in filesIn(folder)
  rmSync(join(folder, file))
  return isThere
}
