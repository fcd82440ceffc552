import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { withoutEngines } from '../../tools/lock.ts'

const lock = JSON.parse(readFileSync(join(import.meta.dirname, '../../package-lock.json'), 'utf8'))

it('npm ci on Node 20 warns of the project alone; "npm run lock" makes it so after an installation', () => {
  expect(lock.packages[''].engines).toEqual({ node: '>=24' })
  expect(withoutEngines(lock)).toEqual(lock)
})

it('what any installer may have stays', () => {
  const packages = {
    '': { engines: { node: '>=24' } },
    old: { version: '1.0.0', engines: { node: '^20.19 || >=22' } },
    recent: { version: '1.0.0', engines: { node: '>=22' } },
    silent: { version: '1.0.0' },
  }
  expect(withoutEngines({ packages }).packages).toEqual({ ...packages, recent: { version: '1.0.0' } })
})
