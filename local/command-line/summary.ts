import Table from 'cli-table3'
import type { StackSummary } from './variables.ts'

/** The table that `start` and `status` end with. */
export function summaryTable({ urls, beside, keys, directory, accounts }: StackSummary): string {
  const table = new Table({ style: { head: [], border: [] } })
  table.push(
    ['API', urls.api],
    ['Database', urls.database],
    ['Studio', urls.studio],
    ['Mailbox', urls.mailbox],
    ...beside.map(({ title, url }) => [title, url]),
    ['Publishable key', keys.publishableKey],
    ['Secret key', keys.secretKey],
    ['Data', directory],
    ...accounts.map(({ email, password, about }) => [`Account: ${about}`, `${email}  ${password}`]),
  )
  return table.toString()
}
