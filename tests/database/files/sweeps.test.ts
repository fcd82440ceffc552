import { expect, it } from 'vitest'
import { databasePool } from '../../support/database/database-pool.ts'
import { untilBlocked } from '../../support/database/open-database.ts'
import { putAvatar } from '../../support/people/account.ts'
import { createCast, ids } from '../../support/people/cast.ts'

const takeDatabase = databasePool()

it('of two sweeps of a bucket at once each looks at files of its own', async () => {
  await using opened = await takeDatabase()
  const { observer, connect } = opened
  await createCast(observer)
  const names = ['a', 'b', 'c'].map((name) => `${ids.member}/${name}.png`)
  for (const name of names) await putAvatar(observer, name)
  const sweeps = await Promise.all([connect(), connect()])
  const sweep = async (client = observer, most = 2) =>
    (await client.query("select private.sweep_files('avatars', $1) as names", [most])).rows[0].names
  // From the first on the bucket has a row that both would read.
  expect(await sweep(observer, 10)).toEqual(names)
  const [one, other] = sweeps
  await one?.query('begin')
  const first = await sweep(one)
  const second = sweep(other)
  await untilBlocked(observer, other ?? observer)
  await one?.query('commit')
  expect([first, await second, await sweep()]).toEqual([names.slice(0, 2), names.slice(2), names.slice(0, 2)])
})
