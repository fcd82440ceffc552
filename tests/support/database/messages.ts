import type pg from 'pg'

/** A message of the database to the clients of a channel. */
export interface Message {
  topic: string
  event: string
  payload: Record<string, unknown>
}

/** What a transaction has sent since it was asked last, the deferred triggers included, in the order of sending. */
export async function messagesOf(client: pg.Client): Promise<Message[]> {
  await client.query('set constraints all immediate')
  await client.query('set constraints all deferred')
  const { rows } = await client.query<Message & { private: boolean; extension: string }>(
    `with sent as (delete from realtime.messages returning *)
     select topic, event, payload - 'id' as payload, private, extension from sent order by topic, event, payload::text`,
  )
  for (const { private: isPrivate, extension } of rows)
    if (!isPrivate || extension !== 'broadcast')
      throw new Error('The database sends private broadcasts alone.')
  return rows.map(({ topic, event, payload }) => ({ topic, event, payload }))
}

/** Which topics a person may join, and say on which that they are there, as the Realtime server finds it out. */
export async function channelRights(client: pg.Client, sub: string | undefined, topic: string) {
  await client.query('savepoint rights')
  await client.query(
    `insert into realtime.messages (topic, extension, private)
     values ($1, 'broadcast', true), ($1, 'presence', true)`,
    [topic],
  )
  await client.query(
    `select set_config('role', $1, true), set_config('realtime.topic', $2, true),
       set_config('request.jwt.claims', $3, true)`,
    [sub ? 'authenticated' : 'anon', topic, JSON.stringify({ sub, role: sub ? 'authenticated' : 'anon' })],
  )
  const { rows } = await client.query<{ extension: string }>(
    'select distinct extension from realtime.messages where topic = $1 order by 1',
    [topic],
  )
  const writes = async (extension: string) => {
    await client.query('savepoint writes')
    try {
      await client.query('insert into realtime.messages (topic, extension, private) values ($1, $2, true)', [
        topic,
        extension,
      ])
      return true
    } catch {
      return false
    } finally {
      await client.query('rollback to savepoint writes')
    }
  }
  const rights = {
    reads: rows.map(({ extension }) => extension),
    broadcasts: await writes('broadcast'),
    isPresent: await writes('presence'),
  }
  await client.query('rollback to savepoint rights')
  return rights
}
