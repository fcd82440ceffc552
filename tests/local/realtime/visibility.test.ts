/*
 * A commit stands in the log before it can be read: what is told waits until it is there for whoever reads it.
 */
import { expect, it } from 'vitest'
import { createAwaitVisible } from '../../../local/services/realtime/database/visibility.ts'
import { openDatabase as openService } from '../../../local/services/shared/index.ts'
import { openDatabase } from '../../support/database/open-database.ts'

it('waits for a transaction that nobody sees, and for none that everybody does', async () => {
  await using open = await openDatabase()
  const { observer } = open
  const service = openService(open.database.url('postgres'), 1)
  try {
    const awaitVisible = createAwaitVisible(service)
    const begin = async () => {
      const { rows } = await observer
        .query<{ id: string }>('begin; select (pg_current_xact_id()::text::numeric % 4294967296)::text as id')
        .then((results) => (Array.isArray(results) ? results[1] : results))
      return Number(rows[0]?.id)
    }
    const id = await begin()
    let isSeen = false
    const waiting = awaitVisible(id).then(() => {
      isSeen = true
    })
    await awaitVisible(id - 1)
    expect(isSeen).toBe(false)
    await observer.query('commit')
    await waiting

    const undone = await begin()
    await observer.query('rollback')
    await awaitVisible(undone)
    await awaitVisible(id)
  } finally {
    await service.close()
  }
})
