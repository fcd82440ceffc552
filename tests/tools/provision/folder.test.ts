import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readFolder } from '../../../tools/provision/folder.ts'
import { gauge } from '../../support/dashboards/components.ts'
import { layoutOf, widget } from '../../support/dashboards/layouts.ts'
import { contractTheme, themeColumns } from '../../support/dashboards/themes.ts'
import { filesIn, folderOf } from '../../support/stack/folders.ts'

const role = { key: 'editor', name: 'Editor', permissions: ['themes.read'] }
const view = { name: 'Sales', layout: layoutOf(widget()) }

describe('a folder', () => {
  it('is read in the order of its names, without what belongs to one workspace alone', () => {
    const stored = { ...widget(), id: '00000000-0000-4000-8000-000000000001', version: 3 }
    const folder = readFolder(
      folderOf({
        'workspace.json': { name: 'Studio', settings: {} },
        'themes/b-10.json': { ...contractTheme, id: 'default', isDefault: true },
        'themes/b-2.json': themeColumns,
        'dashboards/sales.json': {
          ...view,
          id: 'sales',
          isDefault: true,
          layout: layoutOf({ ...stored, lastUpdated: '2026-01-01T00:00:00Z' }),
        },
        'dashboards/readme.md': 'not a dashboard',
        'members.json': [{ email: 'Ada@Example.com', role: 'admin' }],
      }),
    )
    expect(folder.workspace).toEqual({ name: 'Studio', settings: {} })
    expect(folder.themes?.map(({ file }) => file)).toEqual(['themes/b-2.json', 'themes/b-10.json'])
    expect(folder.themes?.[1]?.document).not.toHaveProperty('id')
    expect(folder.dashboards?.map(({ document }) => document)).toEqual([
      {
        name: 'Sales',
        description: '',
        layout: layoutOf(expect.not.objectContaining({ id: expect.anything() })),
      },
    ])
    expect(folder.members).toEqual([{ email: 'ada@example.com', role: 'admin' }])
    expect([folder.roles, folder.components]).toEqual([null, null])
  })

  it.each([
    ['roles/x.json', '{', 'roles/x.json: This is not JSON'],
    [
      'roles/x.json',
      { ...role, key: 'admin' },
      'roles/x.json: key: The roles admin, member and viewer are built in',
    ],
    ['roles/x.json', { ...role, extra: 1 }, 'roles/x.json: Unrecognized key: "extra"'],
    [
      'themes/x.json',
      {
        ...themeColumns,
        colors: { ...contractTheme.colors, dark: { ...contractTheme.colors.dark, ring: 'url(x)' } },
      },
      'themes/x.json: colors.dark.ring: ',
    ],
    ['components/x.json', { ...gauge, version: '1' }, 'components/x.json: version: This is not x.y.z.'],
    [
      'dashboards/x.json',
      { ...view, layout: layoutOf(widget({ position: { x: 11, y: 0, width: 2, height: 1 } })) },
      'dashboards/x.json: layout.widgets.0.position.width: ',
    ],
    ['workspace.json', { settings: {} }, 'workspace.json: Give id or name.'],
    ['workspace.json', { name: 'x', settings: [] }, 'workspace.json: settings: This must be a JSON object.'],
    [
      'workspace.json',
      '{"name": "x", "settings": {"__proto__": {"polluted": true}}}',
      'workspace.json: settings: This contains what cannot be kept.',
    ],
    [
      'members.json',
      [
        { email: 'a@example.com', role: 'admin' },
        { email: 'A@example.com', role: 'viewer' },
      ],
      'members.json: 1.email: This address is there twice.',
    ],
    [
      'defaults.json',
      { view: 'dashboards/x.json' },
      'defaults.json: view: There is no file dashboards/x.json.',
    ],
    [
      'defaults.json',
      { roles: { viewer: '../dashboards/x.json' } },
      'defaults.json: roles.viewer: Give a file of this folder, such as "dashboards/sales.json".',
    ],
    ['defaults.json', { theme: 'themes/../x.json' }, 'defaults.json: theme: Give a file of this folder'],
    ['themes', 'a file', 'themes: This must be a folder.'],
    ['workspace.json/x', 'a folder', 'workspace.json: This must be a file.'],
  ])('with a wrong %s is refused by its place', (file, content, sentence) => {
    const root = folderOf({ [file]: content })
    const before = filesIn(root)
    expect(() => readFolder(root)).toThrow(sentence)
    expect(filesIn(root)).toEqual(before)
  })

  it('with one role in two files is refused', () => {
    const root = folderOf({ 'roles/a.json': role, 'roles/b.json': { ...role, name: 'Other' } })
    expect(() => readFolder(root)).toThrow('roles/b.json: This is editor, which stands in roles/a.json too.')
  })

  it.each(['themes', 'workspace.json', 'themes/x.json'])('in which %s is a link is refused', (path) => {
    const elsewhere = folderOf({ 'themes/x.json': themeColumns })
    const root = folderOf({ 'themes/y.json': themeColumns, 'roles/x.json': role })
    const other = path === 'themes' ? folderOf({ 'roles/x.json': role }) : root
    symlinkSync(join(elsewhere, path === 'themes' ? 'themes' : 'themes/x.json'), join(other, path))
    expect(() => readFolder(other)).toThrow(
      `${path}: This is neither a file nor a folder: links are not followed.`,
    )
  })
})
