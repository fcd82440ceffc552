import { expect, it } from 'vitest'
import { edgesOf } from '../../support/database/edges.ts'
import { guardSuite } from '../../support/database/guard-suite.ts'

const { query } = guardSuite()

// Run with -u to write them down anew, and read the difference.
it('a column takes what stands in edges.txt by its own constraints, and neither more nor less', async () => {
  await expect(`${(await edgesOf(query)).join('\n')}\n`).toMatchFileSnapshot('edges.txt')
})
