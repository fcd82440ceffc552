import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '@supabase/supabase-js'
import { importJWK, SignJWT } from 'jose'
import pg from 'pg'
import { withClient } from '../../local/postgres/index.ts'
import type { Stack } from '../../local/stack.ts'
import type { Measurement } from '../report.ts'
import { absolute } from '../samples.ts'

const subscribers = 100
const changesPerSecond = 100
const seconds = 5

/** Row changes to a hundred people, each of whom a policy lets see every row. */
export async function measureRowChanges(stack: Stack): Promise<Measurement> {
  await withClient(stack.urls.database, (client) =>
    client.query(`
      create table public.bench_changes (id int primary key, readers text);
      alter table public.bench_changes enable row level security;
      grant select on public.bench_changes to authenticated;
      create policy readers on public.bench_changes for select to authenticated
        using (readers <> (select auth.jwt() ->> 'sub'));
      alter publication supabase_realtime add table public.bench_changes`),
  )
  const sent = new Map<number, number>()
  const samples: number[] = []
  const clients = await Promise.all(
    Array.from({ length: subscribers }, async (_, number) => {
      const token = await tokenOf(stack, `reader ${number}`)
      const client = createClient(stack.urls.api, stack.keys.publishableKey)
      await client.realtime.setAuth(token)
      const channel = client.channel('changes')
      channel.on(
        'postgres_changes',
        { event: 'INSERT', schema: 'public', table: 'bench_changes' },
        (change) => {
          samples.push(performance.now() - (sent.get(change.new.id) ?? Number.NaN))
        },
      )
      await new Promise<void>((resolve, reject) =>
        channel.subscribe((status, error) => (status === 'SUBSCRIBED' ? resolve() : reject(error ?? status))),
      )
      return client
    }),
  )
  await insert(stack.urls.database, sent)
  const deadline = performance.now() + 30_000
  const all = subscribers * changesPerSecond * seconds
  while (samples.length < all && performance.now() < deadline) await sleep(50)
  await Promise.all(clients.map((client) => client.realtime.disconnect()))
  await withClient(stack.urls.database, (client) => client.query('drop table public.bench_changes'))
  if (samples.length < all) throw new Error(`Of ${all} changes ${samples.length} came.`)
  return absolute('row changes, 100 subscribers under RLS, 100 changes / s', samples, 1000)
}

async function insert(databaseUrl: string, sent: Map<number, number>): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  const started = performance.now()
  for (let number = 0; number < changesPerSecond * seconds; number += 1) {
    const early = started + (number * 1000) / changesPerSecond - performance.now()
    if (early > 0) await sleep(early)
    sent.set(number, performance.now())
    await client.query("insert into public.bench_changes values ($1, 'all')", [number])
  }
  await client.end()
}

async function tokenOf({ keys }: Stack, sub: string): Promise<string> {
  return new SignJWT({ sub, role: 'authenticated' })
    .setProtectedHeader({ alg: 'ES256', kid: keys.jwtSigningKey.kid ?? '' })
    .setExpirationTime('1h')
    .sign(await importJWK(keys.jwtSigningKey, 'ES256'))
}
