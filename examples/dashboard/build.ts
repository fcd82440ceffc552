/* Bundles the page into the folder that is named. A process of its own: the bundler's memory goes with it. */
import { join } from 'node:path'
import { build } from 'rolldown'

const [, , directory] = process.argv

await build({
  input: join(import.meta.dirname, 'page/main.ts'),
  platform: 'browser',
  logLevel: 'warn',
  output: { dir: directory, entryFileNames: 'page.js', codeSplitting: false, minify: true },
})
