import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSession, type Session } from '../support/database/session.ts'
import { createDatabase, type TestDatabase } from '../support/stack/database.ts'

let database: TestDatabase
let postgres: Session
let admin: Session

beforeAll(async () => {
  database = await createDatabase('platform')
  postgres = await openSession(database.url('postgres'))
  admin = await openSession(database.url('supabase_admin'))
})

afterAll(async () => {
  await postgres?.[Symbol.asyncDispose]()
  await admin?.[Symbol.asyncDispose]()
  await database?.drop()
})

const text = 'correct horse battery staple — ünï'

async function createSecret(secret: string, name?: string): Promise<string> {
  const [row] = await postgres.query<{ id: string }>('select vault.create_secret($1, $2) as id', [
    secret,
    name,
  ])
  return row?.id ?? ''
}

async function decrypted(id: string): Promise<string | undefined> {
  const [row] = await postgres.query<{ secret: string }>(
    'select decrypted_secret as secret from vault.decrypted_secrets where id = $1',
    [id],
  )
  return row?.secret
}

describe('a secret', () => {
  it('comes back as it was, also to service_role', async () => {
    const id = await createSecret(text, 'comes back')
    expect(await decrypted(id)).toBe(text)
    await postgres.query('begin; set local role service_role')
    expect(await decrypted(id)).toBe(text)
    await postgres.query('rollback')
  })

  it('of no characters is a secret too', async () => {
    expect(await decrypted(await createSecret(''))).toBe('')
  })

  it('stands nowhere in the heap, not even in dead rows', async () => {
    const id = await createSecret(text, 'in the clear')
    await postgres.query('select vault.update_secret($1, $2)', [id, `${text}, changed`])
    await admin.query('checkpoint; create extension if not exists pageinspect')
    const [row] = await admin.query<{ pages: string; rows: number }>(
      `select string_agg(encode(get_raw_page('vault.secrets', n::int), 'escape'), '') as pages, count(*)::int as rows
       from generate_series(0, pg_relation_size('vault.secrets') / 8192 - 1) n`,
    )
    expect(row?.rows).toBeGreaterThan(0)
    // What stands in the clear is found, so the search works.
    expect(row?.pages).toContain('in the clear')
    expect(row?.pages).not.toContain('horse')
    const [stored] = await admin.query<{ secret: string }>('select secret from vault.secrets where id = $1', [
      id,
    ])
    expect(Buffer.from(stored?.secret ?? '', 'base64').toString('latin1')).not.toContain('horse')
  })

  it('is encrypted differently each time', async () => {
    const ids = [await createSecret(text), await createSecret(text)]
    const rows = await postgres.query('select distinct secret from vault.secrets where id = any ($1)', [ids])
    expect(rows).toHaveLength(2)
  })

  it('can be changed and deleted', async () => {
    const id = await createSecret(text, 'to be changed')
    await postgres.query('select vault.update_secret($1, new_description := $2)', [id, 'what for'])
    expect(await decrypted(id)).toBe(text)
    await postgres.query('select vault.update_secret($1, $2, $3)', [id, 'other', 'changed'])
    const [row] = await postgres.query(
      'select name, description, decrypted_secret from vault.decrypted_secrets where id = $1',
      [id],
    )
    expect(row).toEqual({ name: 'changed', description: 'what for', decrypted_secret: 'other' })
    await postgres.query('delete from vault.secrets where id = $1', [id])
    expect(await decrypted(id)).toBeUndefined()
  })

  it('is bound to its row and nonce: a moved or changed ciphertext is refused', async () => {
    const [from, to] = [await createSecret('one'), await createSecret('two')]
    const refused = { code: '22000', message: 'pgsodium_crypto_aead_det_decrypt_by_id: invalid ciphertext' }
    const read = 'select decrypted_secret from vault.decrypted_secrets'
    for (const change of [
      `update vault.secrets t set secret = f.secret, nonce = f.nonce from vault.secrets f
       where t.id = '${to}' and f.id = '${from}'`,
      `update vault.secrets set nonce = decode(repeat('00', 16), 'hex') where id = '${to}'`,
      `update vault.secrets set secret = encode(decode(secret, 'base64') || '\\x00', 'base64') where id = '${to}'`,
    ])
      expect(await admin.refusal(`${change}; ${read} where id = '${to}'`)).toEqual(refused)
    expect(await decrypted(to)).toBe('two')
  })
})

describe('nobody reaches around the functions', () => {
  it.each([
    ["select vault._derived_key('encrypt')", 'permission denied for function _derived_key'],
    [
      "select vault._crypto_aead_det_encrypt('x', 'x', 0, 'x', 'x')",
      'permission denied for function _crypto_aead_det_encrypt',
    ],
    ["select pg_read_file('../vault.key')", 'permission denied for function pg_read_file'],
    [
      "set data_directory = '/tmp'",
      'parameter "data_directory" cannot be changed without restarting the server',
    ],
    [
      'set local role authenticated; select from vault.decrypted_secrets',
      'permission denied for schema vault',
    ],
    ["set local role anon; select vault.create_secret('x')", 'permission denied for schema vault'],
  ])('%s', async (sql, message) => {
    expect((await postgres.refusal(sql)).message).toBe(message)
  })

  it('an error tells nothing of the secret', async () => {
    await createSecret(text, 'taken')
    await expect(createSecret(text, 'taken')).rejects.toSatisfy(
      (error) => !JSON.stringify({ ...Object(error), message: String(error) }).includes('horse'),
    )
  })
})
