/*
 * Builds the page's code into the folder that is named. A process of its own: the bundler takes four hundred
 * megabytes, which the stack would keep.
 */
import { join } from 'node:path'
import { build } from 'rolldown'

const [, , directory] = process.argv

await build({
  input: join(import.meta.dirname, 'page.js'),
  platform: 'browser',
  // Directives such as "use client" mean nothing here.
  logLevel: 'silent',
  transform: { define: { 'process.env.NODE_ENV': '"production"' } },
  output: {
    dir: directory,
    minify: true,
    // The stack calls nobody: no usage data for the makers of the page.
    banner: 'globalThis.process = { env: { CHECKPOINT_DISABLE: "1" } };',
  },
})
