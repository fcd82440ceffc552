import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type InstalledContract, installContract } from '../support/stack/contract-package.ts'

// What others import: a front end the built package, an Edge Function the source, and both get the same verdicts.

const root = join(import.meta.dirname, '../..')
const bin = join(root, 'node_modules/.bin')
const theme = readFileSync(join(import.meta.dirname, 'theme.default.json'), 'utf8')

let contract: InstalledContract

beforeAll(async () => {
  contract = await installContract()
})
afterAll(() => contract[Symbol.dispose]())

/** The version of a package that package.json pins, whether front ends need it too or functions alone. */
const pinned = (name: string): string => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return dependencies[name] ?? devDependencies[name]
}

/** Prints what the schemas say of a theme, of one with CSS in a color, and of a patch of preferences. */
const verdicts = `
  const theme = ${theme}
  const broken = structuredClone(theme)
  broken.colors.light.ring = 'url(https://example.com)'
  console.log(JSON.stringify([
    themeSchema.parse(theme),
    themeSchema.safeParse(broken).error?.issues[0]?.path,
    preferencesPatchSchema.safeParse({ theme_mode: 'dim' }).success,
  ]))`
const expected = [JSON.parse(theme), ['colors', 'light', 'ring'], false]

describe('a front end', () => {
  const runModule = (source: string, folder = contract.frontEnd) =>
    contract.run(process.execPath, ['--input-type=module', '--eval', source], folder)

  it('gets every module of types/, built, and nothing else but what says what it is', () => {
    const built = globSync('types/*.ts', { cwd: root })
      .map((file) => basename(file, '.ts'))
      .flatMap((name) => [`${name}.d.ts`, `${name}.js`])
    const files = globSync('**/*', { cwd: contract.installed })
    expect(files.sort()).toEqual(['LICENSE', 'README.md', 'package.json', ...built].sort())
  })

  it('asks for the zod and the supabase-js that its modules are made of, brings what else they import, and nothing of the stack', () => {
    const { peerDependencies, dependencies, ...manifest } = JSON.parse(
      readFileSync(join(contract.installed, 'package.json'), 'utf8'),
    )
    expect(peerDependencies).toEqual({
      zod: '^4.1.0',
      '@supabase/supabase-js': `^${pinned('@supabase/supabase-js')}`,
    })
    expect(dependencies).toEqual({ 'eventsource-parser': pinned('eventsource-parser') })
    expect(Object.keys(manifest).filter((key) => /dependencies|scripts|engines/i.test(key))).toEqual([])
  })

  it.each([
    ['the package', 'frontEnd', "import { preferencesPatchSchema, themeSchema } from 'b-dashboard-backend'"],
    [
      'one document at a time',
      'frontEnd',
      `import { themeSchema } from 'b-dashboard-backend/theme'
       import { preferencesPatchSchema } from 'b-dashboard-backend/preferences'`,
    ],
    [
      'the checkout itself, linked or as a workspace',
      'backend',
      `import { preferencesPatchSchema } from 'b-dashboard-backend'
       import { themeSchema } from 'b-dashboard-backend/theme'`,
    ],
  ] as const)('imports %s in plain Node', async (_, folder, imports) => {
    const { output } = await runModule(imports + verdicts, contract[folder])
    expect(JSON.parse(output)).toEqual(expected)
  })

  it('runs the example of the README as pasted', async () => {
    const blocks = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/```js\n([\s\S]*?)```/g)]
    const example = blocks.map(([, code = '']) => code).find((code) => code.includes("'b-dashboard-backend'"))
    const { code, output } = await runModule(example ?? 'throw new Error("The README has no such example.")')
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('colors') })
  })

  it.each(['bundler', 'nodenext'])('is told its mistakes by the types (%s)', async (resolution) => {
    const head = `import { type Database, type Theme, themeSchema } from 'b-dashboard-backend'
      import type { PreferencesPatch } from 'b-dashboard-backend/preferences'
      import type { Tables } from 'b-dashboard-backend/api'
      type Workspace = Database['public']['Tables']['workspaces']['Row']\n`
    const right = `${head}
      export const theme: Theme = themeSchema.parse({})
      export const ring: string = theme.colors.dark.ring
      export const patch: PreferencesPatch = { theme_mode: 'dark', locale: null }
      export const name = (workspace: Workspace, same: Tables<'workspaces'>): string => workspace.name + same.name`
    const wrong = `${head}
      export const ring = (theme: Theme) => theme.colors.dark.rings
      export const patch: PreferencesPatch = { theme_mode: 'dim' }
      export const plan = (workspace: Workspace, same: Tables<'workspace'>) => workspace.plan`
    writeFileSync(join(contract.frontEnd, 'right.ts'), right)
    writeFileSync(join(contract.frontEnd, 'wrong.ts'), wrong)
    const module = resolution === 'nodenext' ? 'nodenext' : 'esnext'
    const options = ['--noEmit', '--strict', '--target', 'es2024', '--types', '', '--module', module]
    const { output } = await contract.run(
      join(bin, 'tsc'),
      [...options, '--moduleResolution', resolution, 'right.ts', 'wrong.ts'],
      contract.frontEnd,
    )
    const mistakes = [...output.matchAll(/^(\S+)\((\d+),\d+\): error (TS\d+)/gm)].map((found) =>
      found.slice(1).join(' '),
    )
    expect(mistakes).toEqual([
      'wrong.ts 6 TS2551',
      'wrong.ts 7 TS2322',
      'wrong.ts 8 TS2344',
      'wrong.ts 8 TS2339',
    ])
  })
})

describe('an Edge Function', () => {
  const map = '--import-map=functions/import_map.json'
  const write = (source: string) => {
    mkdirSync(join(contract.backend, 'functions/probe'), { recursive: true })
    writeFileSync(join(contract.backend, 'functions/probe/index.ts'), source)
    return 'functions/probe/index.ts'
  }

  it('imports the source in Deno, without a network', async () => {
    const file = write(
      `import { preferencesPatchSchema, type Theme, themeSchema } from '../../types/index.ts'
       import { z } from 'zod'
       export const parsed: Theme = themeSchema.parse(${theme})
       z.string().parse(parsed.name)${verdicts}`,
    )
    const args = ['--cached-only', map, file]
    const { output } = await contract.run(join(bin, 'deno'), ['run', ...args], contract.backend)
    expect(JSON.parse(output)).toEqual(expected)
  })

  it('finds the pinned version where there is no node_modules, as on Supabase', async () => {
    const file = write("console.log(import.meta.resolve('zod'))")
    const { output } = await contract.run(
      join(bin, 'deno'),
      ['run', '--cached-only', '--no-config', '--node-modules-dir=none', map, file],
      contract.backend,
    )
    expect(output.trim()).toBe(`npm:zod@${pinned('zod')}`)
  })

  it('has every import of the map at the version that the checkout has', () => {
    const { imports } = JSON.parse(readFileSync(join(root, 'functions/import_map.json'), 'utf8'))
    expect(imports).toHaveProperty('zod')
    for (const [name, target] of Object.entries(imports)) expect(target).toBe(`npm:${name}@${pinned(name)}`)
  })
})
