import * as z from 'zod'
import { utcTimestampSchema } from './timestamp.ts'

// API keys of a workspace: how machines act in it.

/**
 * A key as who manages keys sees it, without its secret: `list_api_keys` answers with a list of them.
 *
 * @example
 * const { data } = await supabase.rpc('list_api_keys', { workspace_id })
 * const inUse = (data ?? []).map((key) => apiKeySchema.parse(key)).filter(({ status }) => status === 'active')
 */
export const apiKeySchema = z.strictObject({
  id: z.guid(),
  workspaceId: z.string(),
  name: z.string(),
  /** The most that it may do. What its maker may not do, it may not either. */
  scopes: z.array(z.string()),
  /** `suspended` as long as its maker is. */
  status: z.enum(['active', 'expired', 'revoked', 'suspended']),
  createdBy: z.guid(),
  createdAt: utcTimestampSchema,
  rotatedAt: utcTimestampSchema.nullable(),
  /** Until when the key works as it was before it was rotated; null where it does not. */
  previousExpiresAt: utcTimestampSchema.nullable(),
  /** Null for a key that works until it is revoked. */
  expiresAt: utcTimestampSchema.nullable(),
  revokedAt: utcTimestampSchema.nullable(),
  /** When it was last exchanged for a token, to the minute. */
  lastUsedAt: utcTimestampSchema.nullable(),
})

/**
 * The form of a key: `bd_`, its id, `_`, its secret and a checksum. A scanner of code finds keys by it.
 *
 * @example
 * if (!apiKeyPattern.test(process.env.DASHBOARD_KEY ?? '')) throw new Error('DASHBOARD_KEY is not an API key.')
 */
export const apiKeyPattern = /^bd_[0-9a-f]{32}_[0-9a-f]{72}$/

/**
 * A key with its secret, which is shown this once: the answer of `create_api_key` and `rotate_api_key`.
 *
 * @example
 * const { data } = await supabase.rpc('create_api_key', { workspace_id, name: 'Shop', scopes: ['dashboards.read'] })
 * const { key } = apiKeyWithSecretSchema.parse(data)
 */
export const apiKeyWithSecretSchema = apiKeySchema.extend({
  key: z.string().regex(apiKeyPattern),
})

/**
 * A key that holds, as the server learns it from `verify_api_key`.
 *
 * @example
 * const { keyId, workspaceId } = verifiedApiKeySchema.parse(answer)
 */
export const verifiedApiKeySchema = z.strictObject({
  keyId: z.guid(),
  workspaceId: z.string(),
  expiresAt: utcTimestampSchema.nullable(),
  /** Of all keys of the workspace together, by its plan; null for any number. */
  tokensPerMinute: z.int().min(1).nullable(),
})

/**
 * What the function `api-token` answers for a key.
 *
 * @example
 * const response = await fetch(`${url}/functions/v1/api-token`, {
 *   method: 'POST',
 *   headers: { Authorization: `Bearer ${process.env.DASHBOARD_KEY}` },
 * })
 * const { accessToken } = apiTokenSchema.parse(await response.json())
 */
export const apiTokenSchema = z.strictObject({
  /** For `Authorization: Bearer …`, as a person's access token. */
  accessToken: z.string(),
  expiresAt: utcTimestampSchema,
  workspaceId: z.string(),
})

export type ApiKey = z.infer<typeof apiKeySchema>
export type ApiKeyWithSecret = z.infer<typeof apiKeyWithSecretSchema>
export type VerifiedApiKey = z.infer<typeof verifiedApiKeySchema>
export type ApiToken = z.infer<typeof apiTokenSchema>
