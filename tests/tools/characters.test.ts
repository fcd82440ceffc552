import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { characterFiles } from '../../tools/characters.ts'

const root = join(import.meta.dirname, '../..')

it.each(Object.entries(characterFiles()))('%s is what npm run characters writes', (path, text) => {
  expect(readFileSync(join(root, path), 'utf8')).toBe(text)
})
