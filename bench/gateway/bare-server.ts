import { once } from 'node:events'
import { createServer } from 'node:http'
import postgres from 'postgres'

/** What the server is told: who asks, and what it answers each path with: a statement whose one value is the body. */
export interface BareServerOptions {
  databaseUrl: string
  userId: string
  statements: Record<string, string>
}

// The limit that the gateway is measured against: the same transaction and the same rows with nothing around them.
const [{ databaseUrl, userId, statements }] = (await once(process, 'message')) as [BareServerOptions]

const sql = postgres(databaseUrl, { max: 10 })
const claims = JSON.stringify({ sub: userId, role: 'authenticated' })

const server = createServer(async (request, response) => {
  const statement = statements[request.url ?? '']
  if (statement === undefined) {
    response.writeHead(404).end()
    return
  }
  const [row] = await sql.begin('read only', async (transaction) => {
    await transaction`select set_config('role', 'authenticated', true),
      set_config('request.jwt.claims', ${claims}, true)`
    return transaction.unsafe<{ body: string }[]>(statement, [], { prepare: true })
  })
  response.setHeader('content-type', 'application/json')
  response.end(row?.body)
})

server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.(typeof address === 'object' && address ? address.port : 0)
})
process.once('disconnect', () => process.exit())
