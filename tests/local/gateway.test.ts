/*
 * The gateway itself: browsers of any origin, health, and paths where nothing is served.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type DataApi, startDataApi } from '../support/http/data-api.ts'

let api: DataApi

beforeAll(async () => {
  api = await startDataApi(
    'create table public.things (id int primary key); grant select on public.things to anon',
  )
})
afterAll(() => api[Symbol.asyncDispose]())

const get = (path: string, init?: RequestInit) => fetch(`${api.gateway.url}${path}`, init)

it.each(['/rest/v1/things', '/auth/v1/user', '/storage/v1/bucket'])(
  'lets browsers ask for %s',
  async (path) => {
    const response = await get(path, {
      method: 'OPTIONS',
      headers: {
        Origin: 'https://app.example.com',
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'apikey, authorization, x-client-info, prefer',
      },
    })
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(response.headers.get('access-control-allow-methods')).toContain('PATCH')
    expect(response.headers.get('access-control-allow-headers')).toContain('x-client-info')
    expect(response.headers.get('access-control-max-age')).toBe('86400')
  },
)

it('leaves to a service what asks for its methods, and for no permission', async () => {
  const response = await api.request('/things', { method: 'OPTIONS' })
  expect([response.status, response.headers.get('allow')]).toEqual([
    200,
    'OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE',
  ])
})

it('lets browsers read answers, refusals among them', async () => {
  const answer = await api.request('/things', { headers: { Origin: 'https://app.example.com' } })
  expect(answer.headers.get('access-control-allow-origin')).toBe('*')
  expect(answer.headers.get('access-control-expose-headers')).toContain('Content-Range')
  const refusal = await get('/rest/v1/things', { headers: { Origin: 'https://app.example.com' } })
  expect(refusal.status).toBe(401)
  expect(refusal.headers.get('access-control-allow-origin')).toBe('*')
})

it.each(['/', '/health'])('is healthy at %s', async (path) => {
  expect((await get(path)).status).toBe(200)
})

it.each(['/realtime/v1/websocket', '/realtime/v1/api/broadcast'])(
  'says that %s is turned off',
  async (path) => {
    const response = await get(path)
    expect(response.status).toBe(404)
    expect(await response.json()).toEqual({ error: 'Realtime is turned off in supabase/config.toml.' })
  },
)

it('says that no function is served where none is, and leaves to functions who may read their answers', async () => {
  for (const method of ['GET', 'OPTIONS']) {
    const headers = { Origin: 'https://app.example.com', 'Access-Control-Request-Method': 'POST' }
    const response = await get('/functions/v1/hello', { method, headers })
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([404, null])
    expect(await response.json()).toMatchObject({ code: 'NOT_FOUND' })
  }
})

it('answers 404 where nothing is', async () => {
  const response = await get('/nowhere')
  expect(response.status).toBe(404)
  expect(await response.json()).toMatchObject({
    code: 'not_found',
    message: 'Nothing is served at /nowhere.',
  })
})
