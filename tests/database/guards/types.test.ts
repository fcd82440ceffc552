import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { generateTypes, typesFile } from '../../../tools/schema/index.ts'
import { createDatabase } from '../../support/stack/database.ts'

it('types/database.ts is what the schema says: run "npm run types" where it is not', async () => {
  const database = await createDatabase('migrated')
  try {
    const written = readFileSync(join(import.meta.dirname, '../../..', typesFile), 'utf8')
    expect(await generateTypes(database.url('postgres'))).toBe(written)
  } finally {
    await database.drop()
  }
})
