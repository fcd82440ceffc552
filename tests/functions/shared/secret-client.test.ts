import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

// The secret key passes row-level security: who has a client with it is named here, and so is who reads it at all.

const root = join(import.meta.dirname, '../../..')
const files = globSync('functions/**/*.ts', { cwd: root, exclude: ['functions/_packages/**'] })
const sources = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]))
const mentioning = (pattern: RegExp) =>
  files.filter((file) => pattern.test(sources.get(file) ?? '')).map((file) => file.slice('functions/'.length))

const makers = [
  '_shared/measures.ts',
  '_shared/rate-limits.ts',
  'ai-chat/index.ts',
  'api-token/dependencies.ts',
  'billing-checkout/index.ts',
  'billing-reconcile/index.ts',
  'integration-deliver/index.ts',
  'mail/index.ts',
  'metrics/index.ts',
  'stripe-webhook/index.ts',
  'widget-refresh/index.ts',
]

it('the client with the secret key is made by these files alone, and each says why', () => {
  expect(mentioning(/\bcreateSecretClient\b/).sort()).toEqual(['_shared/secret-client.ts', ...makers].sort())
  const silent = makers.filter(
    (file) => !/^\/\/ With the secret key: .{20,}$/m.test(sources.get(`functions/${file}`) ?? ''),
  )
  expect(silent).toEqual([])
})

it('others import its type, and nobody passes it on', () => {
  const importing = /^(?!import type)(?:import|export)\b[^;]*?from '[^']*secret-client\.ts'/m
  const offenders = mentioning(/secret-client\.ts'/)
    .filter((file) => !makers.includes(file))
    .filter((file) =>
      (sources.get(`functions/${file}`) ?? '')
        .split(/\n(?=import|export)/)
        .some((statement) => importing.test(statement)),
    )
  expect(offenders).toEqual([])
  expect(mentioning(/^export .*secret-client\.ts'|import\([^)]*secret-client/m)).toEqual([])
})

it('the key itself is read by these files alone', () => {
  expect(
    mentioning(/\bsecretKeys\b|SUPABASE_SECRET_KEYS|SERVICE_ROLE_KEY|\bSUPABASE_DB_URL\b/).sort(),
  ).toEqual([
    '_shared/authenticate.ts',
    '_shared/env.ts',
    '_shared/measures.ts',
    '_shared/secret-client.ts',
    'ai-chat/answer/hand-over.ts',
  ])
})
