import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createClient } from '@supabase/supabase-js'
import pg from 'pg'
import { verificationKeys } from '../local/config/index.ts'
import type { Stack } from '../local/stack.ts'
import { startDeno } from '../tools/deno/index.ts'
import { readAnswer } from '../types/read-answer.ts'
import { memoryOf } from './memory.ts'
import type { Measurement } from './report.ts'
import { absolute, sampled } from './samples.ts'

const workspace_id = 'WK-DEM000001'
const agent_id = 'a0000000-0000-4000-8000-000000000001'
const view_id = '00000000-0000-4000-8000-0000000da5b0'
const password = 'analytical-engine'
/** The people of Demo: of one person twenty questions are answered at a time. */
const emails = ['ada@example.com', 'grace@example.com', 'alan@example.com']
const streams = 50
const deltasOfStream = 200
const deltaMilliseconds = 20

/**
 * What the function adds to a provider: before it is called, to each delta, and in memory for 50 streams in one process
 * of the Deno that hosted Supabase runs. The provider is in this process, so that there is one clock.
 */
export async function measureChat(stack: Stack): Promise<Measurement[]> {
  const client = new pg.Client({ connectionString: stack.urls.database })
  await client.connect()
  const provider = await startProvider()
  await using chat = await startDeno(join(import.meta.dirname, '../functions/ai-chat/index.ts'), {
    SUPABASE_URL: stack.urls.api,
    SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: stack.keys.publishableKey }),
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: stack.keys.secretKey }),
    SUPABASE_JWKS: JSON.stringify({ keys: verificationKeys(stack.keys) }),
    OPENAI_API_KEY: 'bench',
    OPENAI_BASE_URL: `${provider.url}/v1`,
  })
  try {
    await client.query(
      "update public.workspace_members set role_key = 'member' where workspace_id = $1 and role_key = 'viewer'",
      [workspace_id],
    )
    const tokens = await Promise.all(emails.map((email) => signIn(stack, email)))
    const ask = async (question = 0) => {
      // Nobody asks this often.
      await client.query('delete from private.rate_limit_buckets')
      const began = performance.now()
      const response = await fetch(`${chat.url}/ai-chat`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${tokens[question % tokens.length]}`,
        },
        body: JSON.stringify({
          workspace_id,
          agent_id,
          view_id,
          content: 'How is revenue?',
          idempotency_key: crypto.randomUUID(),
        }),
      })
      return { began, response }
    }

    const before = await sampled({ rounds: 100, warmUp: 10 }, async () => {
      provider.deltas = 0
      const { began, response } = await ask()
      await read(response)
      return provider.askedAt - began
    })
    provider.deltas = deltasOfStream
    const delays = (await read((await ask()).response)).delays
    const memoryBefore = await memoryOf(chat.pid)
    const asked: Awaited<ReturnType<typeof ask>>[] = []
    while (asked.length < streams) asked.push(await ask(asked.length))
    const reading = Promise.all(asked.map(({ response }) => read(response)))
    await new Promise((resolve) => setTimeout(resolve, (deltasOfStream * deltaMilliseconds) / 2))
    const memory = await memoryOf(chat.pid)
    const read50 = await reading
    const whole = read50.filter(({ text }) => text.split(' ').length === deltasOfStream + 1).length
    return [
      absolute('a question, until the provider is asked (ms)', before, 60),
      absolute('a delta, from the provider to the reader (ms)', delays, 5),
      line(`streams of ${streams} in one process without a dropped delta`, whole, '', { atLeast: streams }),
      line('memory of that process (MB)', memory, `${memoryBefore.toFixed(0)} MB for one`, { atMost: 256 }),
    ]
  } finally {
    await client.end()
    await provider.close()
  }
}

async function read(response: Response): Promise<{ text: string; delays: number[] }> {
  let text = ''
  const delays: number[] = []
  for await (const event of readAnswer(response)) {
    if (event.type !== 'text_delta') continue
    text += event.text
    delays.push(performance.now() - Number(event.text))
  }
  return { text, delays }
}

interface Provider {
  url: string
  askedAt: number
  deltas: number
  close(): Promise<void>
}

/** Says the time, again and again. */
async function startProvider(): Promise<Provider> {
  const server: Server = createServer(async (request, response) => {
    provider.askedAt = performance.now()
    request.resume()
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (let delta = 0; delta < provider.deltas; delta += 1) {
      send(response, { type: 'response.output_text.delta', delta: `${performance.now().toFixed(2)} ` })
      await new Promise((resolve) => setTimeout(resolve, deltaMilliseconds))
    }
    send(response, {
      type: 'response.completed',
      response: { usage: { input_tokens: 10, output_tokens: 1 } },
    })
    response.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const provider: Provider = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    askedAt: 0,
    deltas: 0,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return provider
}

function send(response: ServerResponse, event: { type: string } & Record<string, unknown>): void {
  response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
}

async function signIn({ urls, keys }: Stack, email: string): Promise<string> {
  const supabase = createClient(urls.api, keys.publishableKey, { auth: { persistSession: false } })
  const { data, error } = await supabase.auth.signInWithPassword({ email, password })
  if (error) throw error
  return data.session.access_token
}

function line(name: string, value: number, limit: string, budget: Measurement['budget']): Measurement {
  return { name, figure: `${Math.round(value)}${limit && `, ${limit}`}`, limit: '', value, budget }
}
