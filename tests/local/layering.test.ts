import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { withClient } from '../../local/postgres/index.ts'
import { createDatabase } from '../support/stack/database.ts'

// Dependencies point one way; what each folder may import of this repository stands here.

const root = join(import.meta.dirname, '../..')

const mayImport: Record<string, string[]> = {
  types: ['types'],
  examples: ['examples', 'types'],
  functions: ['functions', 'types'],
  local: ['local'],
  tools: ['tools', 'local', 'types'],
  bench: ['bench', 'functions', 'local', 'tools', 'types'],
  tests: ['tests', 'bench', 'examples', 'functions', 'local', 'tools', 'types'],
}

/** Each source file with the files of this repository that it imports. */
const imports = Object.keys(mayImport).flatMap((folder) =>
  globSync(`${folder}/**/*.{ts,js,mjs}`, { cwd: root, exclude: ['functions/_packages/*.js'] }).map((file) => {
    const specifiers = [
      ...readFileSync(join(root, file), 'utf8').matchAll(
        /(?:\bfrom\s*|\bimport\s*\(?\s*|\bimport\.meta\.resolve\(\s*)(['"])(\.{1,2}\/[^'"]*)\1/g,
      ),
    ].map(([, , specifier = '']) => relative(root, join(root, dirname(file), specifier)))
    return { file, folder, targets: specifiers }
  }),
)

/** The folder that a file belongs to as seen from outside: a service, or a folder of local/ or tools/. */
function unitOf(file: string): string | undefined {
  return /^(?:local\/services\/[^/]+|local\/[^/]+|tools\/[^/]+)(?=\/)/.exec(file)?.[0]
}

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

  it('no files import each other in a circle', () => {
    expect(circles(new Map(imports.map(({ file, targets }) => [file, targets])))).toEqual([])
  })

  // A test may reach inside of what it tests.
  it('a folder is imported through its index.ts alone', () => {
    const offenders = imports
      .filter(({ folder }) => folder !== 'tests')
      .flatMap(({ file, targets }) =>
        targets
          .filter((target) => unitOf(target) !== undefined && unitOf(target) !== unitOf(file))
          .filter((target) => target !== `${unitOf(target)}/index.ts`)
          .map((target) => `${file} imports ${target}`),
      )
    expect(offenders).toEqual([])
  })

  it('no line is wider than 120 characters, but for a regular expression, which cannot be broken', () => {
    const offenders = imports
      .filter(({ folder }) => folder !== 'tests')
      .flatMap(({ file }) =>
        readFileSync(join(root, file), 'utf8')
          .split('\n')
          .flatMap((line, index) =>
            line.length > 120 && !/^ *\/\S+\/\w*$/.test(line) ? [`${file}:${index + 1}`] : [],
          ),
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
              !['types/', 'functions/_shared/', 'functions/_packages/', `${own}/`].some((allowed) =>
                target.startsWith(allowed),
              ),
          )
          .map((target) => `${file} imports ${target}`)
      })
    expect(offenders).toEqual([])
  })

  it('local/ names no table and no function of the product', async () => {
    const names = await productNames()
    expect(names).toEqual(expect.arrayContaining(['workspace_members', 'create_workspace', 'profiles']))
    // Postgres speaks of notifications too, which are not those of people, Auth sends mails, HTTP has preferences, an
    // address has a search, presence is tracked; the others are words of anybody.
    const general = [
      ...['notifications', 'notify', 'mails', 'preferences', 'search', 'track'],
      ...['found', 'counted', 'matching', 'pair'],
    ]
    const own = names.filter((name) => !general.includes(name))
    const pattern = new RegExp(`\\b(?:${own.join('|')})\\b`, 'g')
    const offenders = globSync('local/**/*.{ts,js,sql,control,toml}', { cwd: root }).flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(pattern)].map(([name]) => `${file} names ${name}`),
    )
    expect(offenders).toEqual([])
  })
})

/** The circles in a graph of imports, each as the files on the way round. */
function circles(graph: Map<string, string[]>): string[] {
  const done = new Set<string>()
  const found: string[] = []
  const walk = (file: string, path: string[]) => {
    if (path.includes(file)) found.push([...path.slice(path.indexOf(file)), file].join(' > '))
    else if (!done.has(file)) for (const target of graph.get(file) ?? []) walk(target, [...path, file])
    done.add(file)
  }
  for (const file of graph.keys()) walk(file, [])
  return found
}

/** The names that a reader would take for the product's; words that stand for more than one thing are left out. */
async function productNames(): Promise<string[]> {
  const ambiguous = new Set([
    'answers',
    'limits',
    'messages',
    'permissions',
    'plans',
    'subscriptions',
    'usage',
  ])
  const database = await createDatabase('migrated')
  try {
    return await withClient(database.url('postgres'), async (client) => {
      const { rows } = await client.query<{ name: string }>(`
        select relname as name from pg_class
        where relnamespace in ('public'::regnamespace, 'private'::regnamespace) and relkind in ('r', 'p', 'v', 'm')
        union
        select proname from pg_proc
        where pronamespace in ('public'::regnamespace, 'private'::regnamespace)`)
      return rows.map((row) => row.name).filter((name) => !ambiguous.has(name))
    })
  } finally {
    await database.drop()
  }
}
