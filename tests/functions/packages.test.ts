import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { functionPackages } from '../../tools/function-packages.ts'

it('what functions use of large packages is of the versions that are installed', async () => {
  for (const [name, code] of await functionPackages())
    expect(
      readFileSync(join(import.meta.dirname, '../../functions/_packages', name), 'utf8') === code,
      `${name}: run "npm run function-packages"`,
    ).toBe(true)
})
