import { withClient } from './client.ts'

/**
 * Keeps the project's own secrets in its Vault under the given names, for SQL that calls the project's API. On Supabase
 * an administrator stores them once; here the address and the keys are known.
 */
export async function storeSecrets(databaseUrl: string, secrets: Record<string, string>): Promise<void> {
  return withClient(databaseUrl, async (client) => {
    for (const [name, secret] of Object.entries(secrets))
      await client.query(
        `select case
           when id is null then vault.create_secret($2, $1, 'Kept by the embedded stack')::text
           when decrypted_secret is distinct from $2 then vault.update_secret(id, $2)::text
         end
         from (select $1::text as wanted) as name
         left join vault.decrypted_secrets on decrypted_secrets.name = wanted`,
        [name, secret],
      )
  })
}
