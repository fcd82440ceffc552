/*
 * The deployment, rehearsed: what `supabase functions deploy --use-api` uploads is all that a function has on Supabase.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { readProject } from '../../local/config/index.ts'
import { bundleBytes } from '../support/deployment/bundle-size.ts'
import { type DeployedFunctions, deployFunctions } from '../support/deployment/deploy.ts'
import { createProject } from '../support/stack/project.ts'

const root = join(import.meta.dirname, '../..')
const configured = Object.entries(readProject(root).functions).filter(([, { enabled }]) => enabled)
const names = configured.map(([name]) => name)

/** Of the 5 MB at which the platform gives up. */
const budgetBytes = 4e6

describe.skipIf(names.length === 0)('the functions of the project', () => {
  let deployed: DeployedFunctions

  beforeAll(async () => {
    deployed = await deployFunctions(root)
  })

  afterAll(() => deployed[Symbol.asyncDispose]())

  it('are uploaded, all of them, and nothing is left out', () => {
    expect(deployed.output).not.toMatch(/warning/i)
    const uploaded = deployed.uploads.map(({ name, verifyJwt }) => ({ name, verifyJwt }))
    const expected = configured.map(([name, { verify_jwt }]) => ({ name, verifyJwt: verify_jwt }))
    expect(uploaded.sort(byName)).toEqual(expected.sort(byName))
  })

  it('carry no secret', () => {
    const paths = deployed.uploads.flatMap(({ files }) => Object.keys(files))
    expect(paths.filter((path) => /\.env|keys\.json|node_modules/.test(path))).toEqual([])
  })

  it.each(names)('%s runs from what was uploaded, and answers', async (name) => {
    expect((await deployed.call(name, { method: 'OPTIONS' })).status, deployed.lines.join('\n')).toBe(204)
    // In the form of our own functions, not of the platform, whatever it says without a database.
    const answer: unknown = await (await deployed.call(name, { method: 'POST' })).json()
    expect(answer).toMatchObject({ error: { code: expect.any(String), message: expect.any(String) } })
  })

  it.each(names)('%s keeps to the size of a bundle', async (name) => {
    const upload = deployed.uploads.find((each) => each.name === name)
    expect(upload).toBeDefined()
    if (upload) expect(await bundleBytes(upload, join(root, 'node_modules'))).toBeLessThan(budgetBytes)
  })
})

describe('the rehearsal', () => {
  it('runs what was uploaded, and finds what was not', async () => {
    const outside = '../../../shared/word.ts'
    const project = await createProject({
      'functions/whole/index.ts': `import * as z from 'zod'
import { word } from '${outside}'
Deno.serve(() => new Response(z.string().parse(word)))`,
      'functions/computed/index.ts': `const name = './word.ts'
const { word } = await import(name)
Deno.serve(() => new Response(word))`,
      'functions/computed/word.ts': "export const word = 'hello'",
      '../shared/word.ts': "export const word = 'hello'",
      'functions/import_map.json': JSON.stringify({ imports: { zod: `npm:zod@${installed('zod')}` } }),
    })
    await using deployed = await deployFunctions(project.root)
    project.remove()
    const [whole, computed] = deployed.uploads.toSorted((a, b) => byName(b, a))
    expect(Object.keys(whole?.files ?? {}).sort()).toEqual([
      'shared/word.ts',
      'supabase/functions/import_map.json',
      'supabase/functions/whole/index.ts',
    ])
    expect(Object.keys(computed?.files ?? {})).not.toContain('supabase/functions/computed/word.ts')
    const headers = { authorization: `Bearer ${inject('keys').anonKey}` }
    expect(await (await deployed.call('whole', { headers })).text()).toBe('hello')
    expect((await deployed.call('computed', { headers })).status).toBe(503)
    expect(deployed.lines.join('\n')).toContain('word.ts')
    if (whole) expect(await bundleBytes(whole, join(root, 'node_modules'))).toBeGreaterThan(100_000)
  })
})

function byName(a: { name: string }, b: { name: string }): number {
  return a.name.localeCompare(b.name)
}

function installed(name: string): string {
  return JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version
}
