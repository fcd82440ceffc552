import type { Stack } from '../../local/stack.ts'
import { measureAccess } from './access.ts'
import { filledDatabase } from './database.ts'
import { measureGrowthOfEverything } from './everything.ts'
import type { Table } from './table.ts'

/**
 * Whether access costs the same for everyone: for a person with one workspace and with two hundred, with little and
 * with much in reach. First what is read most, in every way in which it can reach somebody, then everything there is.
 */
export async function* measureGrowth(
  stack: Stack,
  progress: (what: string) => void,
): AsyncGenerator<Table, void> {
  progress('access: filling 200 workspaces with 400,000 widgets')
  const { url, drop } = await filledDatabase(stack)
  try {
    progress('access to one view or widget')
    yield await measureAccess(url)
    progress('every table and function, for people who reach little and much')
    yield await measureGrowthOfEverything(url)
  } finally {
    await drop()
  }
}
