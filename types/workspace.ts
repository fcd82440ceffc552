import * as z from 'zod'

/**
 * What a workspace has set: any JSON object of at most 32 KiB, whose keys are the front end's, but for two that the
 * server reads: `timezone`, by its name such as `Europe/Berlin`, and `currency`, by its three letters. The answer of
 * `update_workspace_settings`.
 *
 * @example
 * const { data } = await supabase.rpc('update_workspace_settings', { workspace_id, patch: { timezone: 'UTC' } })
 * const { timezone = 'UTC' } = workspaceSettingsSchema.parse(data)
 */
export const workspaceSettingsSchema = z.record(z.string(), z.json())

export type WorkspaceSettings = z.infer<typeof workspaceSettingsSchema>
