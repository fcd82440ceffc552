import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'
import { describe, expect, it } from 'vitest'

// What a front end carries to its readers when it imports from types/. The lint rule on `import { z }` in biome.json
// guards what this bundler would forgive and others would not.

const root = join(import.meta.dirname, '../..')
const entry = join(root, 'types/front-end.ts')

/** The size of a front end in bytes, minified and then compressed. */
async function sizeOf(source: string): Promise<{ minified: number; compressed: number }> {
  const bundle = await rolldown({
    input: entry,
    platform: 'browser',
    plugins: [
      {
        name: 'front-end',
        resolveId: (id) => (id === entry ? id : null),
        load: (id) => (id === entry ? source : null),
      },
    ],
  })
  const { output } = await bundle.generate({ minify: true })
  await bundle.close()
  const code = output.map((chunk) => ('code' in chunk ? chunk.code : '')).join('')
  return { minified: Buffer.byteLength(code), compressed: gzipSync(code).length }
}

describe('a front end', () => {
  it('that checks views carries zod and the schemas of views, and no more', async () => {
    const { minified, compressed } = await sizeOf(
      `import { viewSchema } from './index.ts'
       console.log(viewSchema.safeParse(JSON.parse(prompt() ?? '')).success)`,
    )
    expect(minified).toBeLessThan(125_000)
    expect(compressed).toBeLessThan(35_000)
  })

  it('that checks everything carries little more', async () => {
    const { minified, compressed } = await sizeOf(
      "import * as contract from './index.ts'\nconsole.log(contract)",
    )
    expect(minified).toBeLessThan(190_000)
    expect(compressed).toBeLessThan(55_000)
  })
})
