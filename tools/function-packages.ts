import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Plugin } from 'rolldown'

/*
 * Supabase sends an npm package whole, sources, maps and all, and gives up at 5 MB: openai has 4 of them compressed,
 * and gpt-tokenizer 9. So what functions use of such a package is taken out of the installed one, into
 * functions/_packages.
 */

const root = join(import.meta.dirname, '..')

/** By the name of the file: what it gives, and from which package. */
const contents: Record<string, string> = {
  'openai.js': "export { APIConnectionError, APIError, default } from 'openai'",
  'o200k-base.js': "export { countTokens } from 'gpt-tokenizer/encoding/o200k_base'",
}

/** The files as they are to be, by their names. */
export async function functionPackages(): Promise<Map<string, string>> {
  const files = Object.entries(contents).map(async ([name, source]) => {
    // Deno looks for the types of a JavaScript file where it says.
    const types = `// @ts-self-types="./${name.replace(/js$/, 'd.ts')}"\n`
    return [name, types + (await bundled(source))] as const
  })
  return new Map(await Promise.all(files))
}

async function bundled(source: string): Promise<string> {
  const id = join(root, 'functions/_packages/entry.js')
  const entry: Plugin = {
    name: 'entry',
    resolveId: (wanted) => (wanted === 'entry' ? id : undefined),
    load: (wanted) => (wanted === id ? source : undefined),
  }
  const { output } = await build({
    input: 'entry',
    cwd: root,
    platform: 'neutral',
    logLevel: 'warn',
    write: false,
    plugins: [entry],
    external: [/^node:/],
    resolve: { mainFields: ['module', 'main'], conditionNames: ['import', 'default'] },
    output: { minify: true, keepNames: true, codeSplitting: false },
  })
  // An advice in a message of an error, which looks like an import to who weighs a function.
  return output[0].code.replaceAll(" from 'undici'", ' of undici')
}

if (import.meta.main)
  for (const [name, code] of await functionPackages())
    writeFileSync(join(root, 'functions/_packages', name), code)
