import { createHash } from 'node:crypto'
import type pg from 'pg'
import type { ApiKeyWithSecret } from '../../../types/api-key.ts'
import { type Actor, actAs, person } from '../database/act.ts'
import { admin, ours } from './cast.ts'

/** Every permission that a key can have. */
export const everyScope = [
  'audit.read',
  'components.read',
  'components.write',
  'dashboards.read',
  'dashboards.write',
  'members.read',
  'themes.read',
  'themes.write',
  'workspace.read',
  'workspace.update',
]

/** Makes an API key of `ours`, and returns it with its secret. */
export async function createApiKey(
  client: pg.Client,
  scopes: string[] = everyScope,
  { maker = admin, workspaceId = ours, expiresAt = null as string | null } = {},
): Promise<ApiKeyWithSecret> {
  const { rows } = await actAs<{ key: ApiKeyWithSecret }>(
    client,
    maker,
    'select public.create_api_key($1, $2, $3, $4) as key',
    [workspaceId, 'Shop', scopes, expiresAt],
  )
  if (!rows[0]) throw new Error('create_api_key gave nothing.')
  return rows[0].key
}

/** Makes a key and returns who acts with its token. */
export const machine = async (
  client: pg.Client,
  ...of: [scopes?: string[], options?: object]
): Promise<Actor> => person((await createApiKey(client, ...of)).id)

/** What `api-token` gives the database of a key that somebody shows. */
export const hashOf = (key: string) => createHash('sha256').update(key).digest('hex')
