import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { z } from 'zod'
import { type DatabasePasswords, databaseRoles } from '../postgres/index.ts'
import { StackError } from '../stack/index.ts'
import { type LegacyKeys, signLegacyKeys } from './legacy-keys.ts'

/** The keys of one project: made once per data folder, never committed. */
export interface ProjectKeys extends LegacyKeys {
  /** `sb_publishable_…`: for front ends; requests run as `anon`, or as the signed-in user. */
  publishableKey: string
  /** `sb_secret_…`: for servers; requests run as `service_role`, past row-level security. */
  secretKey: string
  /** The private EC P-256 key (ES256, with `kid`) that signs access tokens. */
  jwtSigningKey: JWK
  /**
   * Another such key, imported into Auth on Supabase, whose tokens count as well: for Edge Functions that sign some,
   * since the first cannot be taken out there.
   */
  functionsSigningKey: JWK
  /** The passwords of the database's login roles. `postgres` has the one that `supabase start` gives it. */
  databasePasswords: DatabasePasswords
}

const signingKeySchema = z.looseObject({ kty: z.literal('EC'), kid: z.string() })

const keysSchema = z.object({
  publishableKey: z.string().startsWith('sb_publishable_'),
  secretKey: z.string().startsWith('sb_secret_'),
  jwtSigningKey: signingKeySchema,
  // Folders of an earlier version have none.
  functionsSigningKey: signingKeySchema.optional(),
  // They follow from the signing key: a file without them is whole.
  anonKey: z.string().optional(),
  serviceRoleKey: z.string().optional(),
  databasePasswords: z.record(z.enum(databaseRoles), z.string()),
})

/** The file of a data folder that holds its keys. */
export const keysFile = 'keys.json'

/** Reads the keys of a data folder, making them at the first call. */
export async function loadKeys(directory: string): Promise<ProjectKeys> {
  const file = join(directory, keysFile)
  if (existsSync(file)) {
    const { data } = keysSchema.safeParse(parseJson(readFileSync(file, 'utf8')))
    if (!data)
      throw new StackError(
        `The keys in ${file} are damaged: restore the file, or remove it and run "npm run reset" to start clean.`,
      )
    const { anonKey, serviceRoleKey, functionsSigningKey } = data
    if (anonKey && serviceRoleKey && functionsSigningKey)
      return { ...data, anonKey, serviceRoleKey, functionsSigningKey }
    return save(file, {
      ...data,
      ...(await signLegacyKeys(data.jwtSigningKey)),
      functionsSigningKey: functionsSigningKey ?? (await generateSigningKey()),
    })
  }
  await mkdir(directory, { recursive: true })
  return save(file, await generateKeys())
}

async function save(file: string, keys: ProjectKeys): Promise<ProjectKeys> {
  await writeFile(`${file}.part`, JSON.stringify(keys, null, 2), { mode: 0o600 })
  await rename(`${file}.part`, file)
  return keys
}

/** Keys for a fresh project. */
export async function generateKeys(): Promise<ProjectKeys> {
  const jwtSigningKey = await generateSigningKey()
  const password = () => randomBytes(24).toString('base64url')
  return {
    publishableKey: `sb_publishable_${randomBytes(24).toString('base64url')}`,
    secretKey: `sb_secret_${randomBytes(24).toString('base64url')}`,
    jwtSigningKey,
    ...(await signLegacyKeys(jwtSigningKey)),
    functionsSigningKey: await generateSigningKey(),
    databasePasswords: {
      postgres: 'postgres',
      authenticator: password(),
      supabase_admin: password(),
      supabase_auth_admin: password(),
      supabase_storage_admin: password(),
    },
  }
}

async function generateSigningKey(): Promise<JWK & { kid: string }> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  return { ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid: crypto.randomUUID() }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
