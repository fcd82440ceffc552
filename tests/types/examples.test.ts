import { execFile } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import * as contract from '../../types/index.ts'

// What an editor shows beside each name of the contract: an example of its use, which compiles.

const root = join(import.meta.dirname, '../..')
const sources = globSync('types/*.ts', { cwd: root }).map((file) => ({
  file: basename(file),
  text: readFileSync(join(root, file), 'utf8'),
}))

/** What stands above the declarations of a file: the comment, and the name. */
const documented = sources.flatMap(({ file, text }) =>
  [
    ...text.matchAll(
      /^\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\nexport (?:const|type|interface|(?:async )?function\*?) (\w+)/gm,
    ),
  ].map(([, comment = '', name = '']) => ({ file, name, example: exampleOf(comment) })),
)

function exampleOf(comment: string): string | undefined {
  const text = comment.replaceAll(/^ *\* ?/gm, '').replaceAll(/^```.*$/gm, '')
  return /^@example\n((?:(?!^@)[\s\S])*)/m.exec(text)?.[1]?.trim()
}

/** What it shows is the code of a function, with what functions have around them. */
const ofFunctions = ['docs/functions.md']

/** The TypeScript of the README and of docs/: as it can be pasted, or with what a front end has at hand around it. */
const pasted = globSync(['README.md', 'docs/*.md'], { cwd: root, exclude: ofFunctions }).flatMap((page) =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(
    ([, code = ''], index) => ({ name: `${basename(page, '.md')}-${index}`, code }),
  ),
)

/** What a front end has at hand, in the words of the examples. */
const surroundings = `
import type { SupabaseClient } from '@supabase/supabase-js'
import type * as contract from '${join(root, 'types/index.ts')}'
type Text = string
declare global {
  const supabase: SupabaseClient<contract.Database>
  const url: Text, publishableKey: Text, secretKey: Text, token: Text, email: Text, file: Text, name: Text
  const workspace_id: Text, view_id: Text, theme_id: Text, user_id: Text, workspaceId: Text, userId: Text
  const agent_id: Text, idempotency_key: Text, subject: Text, body: Text, password: Text, anotherPerson: Text
  const shown: contract.StoredView
  const readView: (id: string) => Promise<void>, readEverything: () => Promise<void>
  const revision: number
  const answer: unknown, registry: unknown, hidden: unknown, skipped: unknown
  const id: Text, points: contract.MetricPoint[], events: contract.TrackedEvent[], data: unknown, mail: contract.OutgoingMail
  const server: SupabaseClient<contract.ServerDatabase>
  const layout: contract.Layout, edited: contract.Layout
  const theme: contract.Theme
  const entry: contract.AuditEntry
  const session: contract.Session
  const workspace: contract.SessionWorkspace
  const plan: contract.Tables<'plans'>
  const entitlements: contract.Entitlements
  const documents: contract.ExportDocument[]
  const read: contract.StoredView
  const error: { code: string; details: string } | null
  const show: (what?: unknown) => void, ask: typeof show, reload: typeof show, offer: typeof show
}
`

const configuration = {
  compilerOptions: {
    target: 'es2024',
    lib: ['es2024'],
    types: ['node'],
    module: 'nodenext',
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    preserveSymlinks: true,
    paths: {
      'b-dashboard-backend': [join(root, 'types/index.ts')],
      'b-dashboard-backend/*': [join(root, 'types/*.ts')],
    },
  },
}

/** An example as a module that imports what it names. */
function programOf(example: string): string {
  const isUsed = (name: string) => new RegExp(`\\b${name}\\b`).test(example)
  const types = sources
    .flatMap(({ text }) =>
      [...text.matchAll(/^export (?:type|interface) (\w+)/gm)].map(([, name = '']) => name),
    )
    .filter(isUsed)
  return `
import { createClient } from '@supabase/supabase-js'
import * as z from 'zod'
${isUsed('joinLive') ? `import { joinLive } from '${join(root, 'types/live.ts')}'` : ''}
${isUsed('readAnswer') ? `import { readAnswer } from '${join(root, 'types/read-answer.ts')}'` : ''}
import { ${Object.keys(contract).filter(isUsed).join(', ')} } from '${join(root, 'types/index.ts')}'
import type { ${[...new Set(types)].join(', ')} } from '${join(root, 'types/index.ts')}'
export async function example() {
  ${example.replaceAll('\n', '\n  ')}
}
`
}

it('every function, schema and value has an example', () => {
  const shown = documented.filter(({ example }) => example).map(({ name }) => name)
  expect(Object.keys(contract).filter((name) => !shown.includes(name))).toEqual([])
})

it('every example uses the name that it stands at', () => {
  const strange = documented.filter(({ name, example }) => example && !example.includes(name))
  expect(strange.map(({ file, name }) => `${file}: ${name}`)).toEqual([])
})

it('every example compiles, and what the README and docs/ show', { timeout: 240_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'examples-'))
  try {
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(configuration))
    writeFileSync(join(folder, 'surroundings.ts'), surroundings)
    for (const { name, example } of documented)
      if (example) writeFileSync(join(folder, `${name}.ts`), programOf(example))
    // Whoever pastes it has the imports along: none is added here.
    for (const { name, code } of pasted) writeFileSync(join(folder, `${name}.ts`), `${code}\nexport {}\n`)
    // Checkers beside each other would each work out the types of the whole contract.
    const { stdout } = await promisify(execFile)(join(root, 'node_modules/.bin/tsc'), [
      '--singleThreaded',
      '-p',
      folder,
    ]).catch((failure: { stdout: string }) => failure)
    expect(stdout).toBe('')
  } finally {
    rmSync(folder, { recursive: true })
  }
})
