import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { withEveryMachine, withoutEngines } from '../../tools/lock.ts'

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

it('npm ci finds the packages for every machine, also those that a registry did not serve', () => {
  expect(withEveryMachine(lock)).toEqual(lock)
  const root = {
    '': {},
    'node_modules/@x/mac': { version: '2.0.0', integrity: 'sha512-two', os: ['darwin'] },
  }
  const user = { version: '1.0.0', optionalDependencies: { '@x/mac': '1.0.0', '@x/ranged': '^1.0.0' } }
  expect(withEveryMachine({ packages: { ...root, 'node_modules/x': user } }).packages).toEqual({
    ...root,
    'node_modules/x': user,
    'node_modules/x/node_modules/@x/mac': { version: '1.0.0', os: ['darwin'] },
  })
})
