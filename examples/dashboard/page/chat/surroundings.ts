import type { ComponentType } from '../../../../types/index.ts'
import type { Client } from '../client.ts'

/** What is on screen around a conversation. */
export interface Surroundings {
  supabase: Client
  workspaceId: string
  /** The type of a widget's component, where the widget is on screen. */
  typeOf(instanceId: string): ComponentType | undefined
  /** Called where a view was changed. */
  changed(): Promise<void>
  /** What became of proposals, by their ids. */
  decided: Map<string, string>
}
