import Table from 'cli-table3'
import type { StackSummary } from './variables.ts'

/** The table that `start` and `status` end with. */
export function summaryTable(summary: StackSummary): string {
  const table = new Table({ style: { head: [], border: [] } })
  table.push(
    ['API', summary.apiUrl],
    ['Database', summary.databaseUrl],
    ['Mailbox', summary.mailboxUrl],
    ['Publishable key', summary.publishableKey],
    ['Secret key', summary.secretKey],
    ['Data', summary.directory],
    ...summary.accounts.map(({ email, password, about }) => [`Account: ${about}`, `${email}  ${password}`]),
  )
  return table.toString()
}
