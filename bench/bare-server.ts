import { once } from 'node:events'
import { createServer } from 'node:http'
import postgres from 'postgres'

// The limit that the gateway is measured against: the same transaction and the same rows with nothing around them.
const [{ databaseUrl, userId }] = (await once(process, 'message')) as [
  { databaseUrl: string; userId: string },
]

const sql = postgres(databaseUrl, { max: 10 })
const claims = JSON.stringify({ sub: userId, role: 'authenticated' })

const server = createServer(async (_request, response) => {
  const rows = await sql.begin('read only', async (transaction) => {
    await transaction`select set_config('role', 'authenticated', true),
      set_config('request.jwt.claims', ${claims}, true)`
    return transaction`select id, name, plan_type, created_at from public.workspaces order by created_at limit 10`
  })
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(rows))
})

server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.(typeof address === 'object' && address ? address.port : 0)
})
process.once('disconnect', () => process.exit())
