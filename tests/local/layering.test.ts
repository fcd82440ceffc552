import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { createDatabase } from '../support/database.ts'

// Dependencies point one way; what each folder may import of this repository stands here.

const root = join(import.meta.dirname, '../..')

const mayImport: Record<string, string[]> = {
  types: ['types'],
  functions: ['functions', 'types'],
  local: ['local'],
  bench: ['bench', 'local', 'types'],
  tests: ['tests', 'bench', 'functions', 'local', 'types'],
}

/** Each source file with the repository's folders that it imports from. */
const imports = Object.keys(mayImport).flatMap((folder) =>
  globSync(`${folder}/**/*.{ts,js,mjs}`, { cwd: root }).map((file) => {
    const specifiers = [
      ...readFileSync(join(root, file), 'utf8').matchAll(
        /(?:\bfrom\s*|\bimport\s*\(?\s*|\bimport\.meta\.resolve\(\s*)(['"])(\.{1,2}\/[^'"]*)\1/g,
      ),
    ].map(([, , specifier = '']) => relative(root, join(root, dirname(file), specifier)))
    return { file, folder, targets: specifiers }
  }),
)

describe('layering', () => {
  it('finds the files', () => {
    expect(imports.length).toBeGreaterThan(50)
  })

  it('imports point one way', () => {
    const offenders = imports.flatMap(({ file, folder, targets }) =>
      targets
        .filter((target) => !mayImport[folder]?.some((allowed) => target.startsWith(`${allowed}/`)))
        .map((target) => `${file} imports ${target}`),
    )
    expect(offenders).toEqual([])
  })

  it('a function imports nothing of another function but what they share', () => {
    const offenders = imports
      .filter(({ folder }) => folder === 'functions')
      .flatMap(({ file, targets }) => {
        const own = file.split('/').slice(0, 2).join('/')
        return targets
          .filter(
            (target) =>
              !['types/', 'functions/_shared/', `${own}/`].some((allowed) => target.startsWith(allowed)),
          )
          .map((target) => `${file} imports ${target}`)
      })
    expect(offenders).toEqual([])
  })

  it('local/ names no table and no function of the product', async () => {
    const names = await productNames()
    expect(names).toEqual(expect.arrayContaining(['workspace_members', 'create_workspace', 'profiles']))
    const pattern = new RegExp(`\\b(?:${names.join('|')})\\b`, 'g')
    const offenders = globSync('local/**/*.{ts,js,sql,control,toml}', { cwd: root }).flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(pattern)].map(([name]) => `${file} names ${name}`),
    )
    expect(offenders).toEqual([])
  })
})

/** The names that a reader would take for the product's; words that stand for more than one thing are left out. */
async function productNames(): Promise<string[]> {
  const ambiguous = new Set(['permissions', 'plans'])
  const database = await createDatabase('migrated')
  const client = new pg.Client({ connectionString: database.url('postgres') })
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string }>(`
      select relname as name from pg_class
      where relnamespace in ('public'::regnamespace, 'private'::regnamespace) and relkind in ('r', 'p', 'v', 'm')
      union
      select proname from pg_proc
      where pronamespace in ('public'::regnamespace, 'private'::regnamespace)`)
    return rows.map((row) => row.name).filter((name) => !ambiguous.has(name))
  } finally {
    await client.end()
    await database.drop()
  }
}
