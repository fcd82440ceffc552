import type { RoleSettings } from './role-settings.ts'

const levels = ['read committed', 'read uncommitted', 'repeatable read', 'serializable'] as const

export type IsolationLevel = (typeof levels)[number]

const setting = 'default_transaction_isolation'

/** What a transaction has to begin with: once it has begun, the setting comes too late. */
export function isolationLevel(
  roleSettings: RoleSettings,
  routineSettings: readonly (readonly [name: string, value: string])[],
): IsolationLevel | undefined {
  const wanted = routineSettings.find(([name]) => name === setting)?.[1] ?? roleSettings[setting]
  return levels.find((level) => level === wanted)
}
