import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { generateTypes, typesFiles } from '../../../tools/schema/index.ts'
import { createDatabase } from '../../support/stack/database.ts'

let generated: Awaited<ReturnType<typeof generateTypes>>

beforeAll(async () => {
  const database = await createDatabase('migrated')
  try {
    generated = await generateTypes(database.url('postgres'))
  } finally {
    await database.drop()
  }
})

it.each(typesFiles)('%s is what the schema says: run "npm run types" where it is not', (file) => {
  expect(generated[file]).toBe(readFileSync(join(import.meta.dirname, '../../..', file), 'utf8'))
})
