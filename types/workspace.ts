import * as z from 'zod'

/**
 * What a workspace has set, as `update_workspace_settings` answers: any JSON object of at most 32 KiB. The server reads
 * `timezone`, a name such as `Europe/Berlin`, and `currency`, three letters; the other keys are the front end's.
 *
 * @example
 * const { data } = await supabase.rpc('update_workspace_settings', { workspace_id, patch: { timezone: 'UTC' } })
 * const { timezone = 'UTC' } = workspaceSettingsSchema.parse(data)
 */
export const workspaceSettingsSchema = z.record(z.string(), z.json())

export type WorkspaceSettings = z.infer<typeof workspaceSettingsSchema>
