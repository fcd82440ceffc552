import pg from 'pg'
import { loadSchemaCache, planRequest, readRequest } from '../local/services/data-api/index.ts'
import type { Stack } from '../local/stack.ts'
import type { Measurement } from './report.ts'
import { absolute, sampled } from './samples.ts'

const options = { prefix: '/rest/v1', schemas: ['public'] }

/** The longest of what front ends ask for, and one longer than any. */
const requests = {
  'the plans with limits and prices':
    '/plans?select=*,limits:plan_limits(limit_key,most),prices:plan_prices(*)&order=position.asc',
  'a search of members':
    '/workspace_members?select=role_key,status,created_at,profile:profiles!inner(id,name,email,locale,avatar_url),' +
    'role:workspace_roles(name,permissions)&workspace_id=eq.0198c0de-0000-7000-8000-000000000001&status=in.(active,' +
    'suspended,%22invited%22)&or=(role_key.eq.admin,and(created_at.gte.2026-01-01T00:00:00Z,not.and(role_key.like.%22' +
    'own*%22,status.is.null)))&profile.name=ilike.*ann*&profile.order=name.asc.nullslast&order=created_at.desc,' +
    'profile(name).asc&limit=50&offset=100',
} as const

const callsASample = 200

/** How long it takes to read a request and to plan it, with every name in it looked up in the product's schema. */
export async function measureDataApiParsing(stack: Stack): Promise<Measurement[]> {
  const context = { cache: await schemaCache(stack), maxRows: 1000, aggregates: false }
  const measurements: Measurement[] = []
  for (const [name, path] of Object.entries(requests)) {
    const request = new Request(`http://127.0.0.1:54321${options.prefix}${path}`, {
      headers: { accept: 'application/json', prefer: 'count=exact, return=representation' },
    })
    const samples = await sampled({ rounds: 50, warmUp: 20 }, async () => {
      const begun = performance.now()
      for (let call = 0; call < callsASample; call += 1)
        planRequest(context, await readRequest(request, options))
      return (performance.now() - begun) / callsASample
    })
    measurements.push(absolute(`reading and planning ${name}`, samples, 0.2))
  }
  return measurements
}

async function schemaCache(stack: Stack) {
  const client = new pg.Client({ connectionString: stack.urls.database })
  await client.connect()
  try {
    return await loadSchemaCache(client, options.schemas, [])
  } finally {
    await client.end()
  }
}
