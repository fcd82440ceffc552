import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { answerSchemas } from '../../types/answers.ts'
import { preferencesSchema } from '../../types/preferences.ts'

// The rules of docs/naming.md that can be read off the contract.

const schemas = Object.entries(answerSchemas).map(([name, schema]) => ({ name, schema }))

/** The keys that an answer has anywhere in it, but for those that people choose. */
function keysOf(schema: z.core.$ZodType): string[] {
  const keys: string[] = []
  z.toJSONSchema(schema, {
    unrepresentable: 'any',
    io: 'output',
    override({ zodSchema, jsonSchema }) {
      if (zodSchema._zod.def.type === 'object') keys.push(...Object.keys(jsonSchema.properties ?? {}))
    },
  })
  return [...new Set(keys)]
}

describe('an answer', () => {
  it.each(schemas)('$name has keys in camelCase, preferences apart', ({ schema }) => {
    const exceptions = Object.keys(preferencesSchema.shape)
    expect(
      keysOf(schema).filter((key) => !/^[a-z][a-zA-Z0-9]*$/.test(key) && !exceptions.includes(key)),
    ).toEqual([])
  })

  it.each(schemas)('$name says planType, role and roleName', ({ schema }) => {
    const others = ['plan', 'roleKey', 'plan_type', 'role_key']
    expect(keysOf(schema).filter((key) => others.includes(key))).toEqual([])
  })

  it('is looked into to the end', () => {
    expect(keysOf(answerSchemas.get_dashboard)).toEqual(expect.arrayContaining(['instanceId', 'theme_mode']))
    expect(keysOf(answerSchemas.session_context)).toEqual(expect.arrayContaining(['planType', 'avatarUrl']))
  })
})

it('a column, a function and an argument are in snake_case', () => {
  const types = readFileSync(join(import.meta.dirname, '../../types/database.ts'), 'utf8')
  const [, schema = ''] = /^ {2}public: \{$(.*?)^ {2}\}$/ms.exec(types) ?? []
  const names = [...schema.matchAll(/\b(\w+)\??: /g)].map(([, name = '']) => name)
  const words =
    /^(?:Tables|Views|Functions|Enums|CompositeTypes|Row|ComputedFields|Insert|Update|Relationships)$/
  const described =
    /^(?:foreignKeyName|columns|isOneToOne|isSetofReturn|referenced\w+|Args|Returns|SetofOptions|key)$/
  expect(names).toContain('plan_type')
  expect(
    names.filter((name) => !/^[a-z][a-z0-9_]*$/.test(name) && !words.test(name) && !described.test(name)),
  ).toEqual([])
})
