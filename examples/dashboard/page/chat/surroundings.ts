import type { Client } from '../client.ts'

/** What is on screen around a conversation. */
export interface Surroundings {
  supabase: Client
  workspaceId: string
  /** Called where a view was changed. */
  changed(): Promise<void>
  /** What became of proposals, by their ids. */
  decided: Map<string, string>
}
