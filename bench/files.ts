import { randomUUID } from 'node:crypto'
import pg from 'pg'
import type { Stack } from '../local/stack.ts'
import type { Measurement } from './report.ts'
import { relative, sampledBeside } from './samples.ts'

const times = { rounds: 500, warmUp: 50 }

/** What the limits of a folder cost an upload among 200,000 files, beside one into a bucket that has none. */
export async function measureFiles(stack: Stack): Promise<Measurement[]> {
  const client = new pg.Client({ connectionString: stack.urls.database })
  await client.connect()
  try {
    await client.query(fixture)
    await client.query('vacuum analyze storage.objects')
    const upload = async (bucket: string, round: number) => {
      await client.query('begin')
      const begun = performance.now()
      await client.query({
        name: 'upload',
        text: 'insert into storage.objects (bucket_id, name, version, metadata) values ($1, $2, $3, $4)',
        values: [
          bucket,
          `folder ${round}/twentieth.png`,
          randomUUID(),
          { size: 1000, mimetype: 'image/png' },
        ],
      })
      await client.query('rollback')
      return performance.now() - begun
    }
    const samples = await sampledBeside(
      times,
      (round) => upload('measured', round),
      (round) => upload('avatars', round),
    )
    return [relative('a file in a folder of 20, beside one in a bucket without limits', samples, 2)]
  } finally {
    await client.end()
  }
}

// Of the bucket with limits only the folders that are measured: each of its files is counted as it comes.
const fixture = `
  insert into storage.buckets (id, name) values ('measured', 'measured');
  insert into storage.objects (bucket_id, name, version, metadata)
  select b.id, format('folder %s/%s.png', folder, place), gen_random_uuid()::text,
    '{"size": 1000, "mimetype": "image/png"}'
  from (values ('avatars', ${times.rounds + times.warmUp}), ('measured', 10000)) as b (id, folders)
  cross join lateral generate_series(0, b.folders) as folder
  cross join generate_series(1, 19) as place;
`
