import type { ProjectConfig } from '../../config/index.ts'

/** The `[auth]` section of the project's configuration. */
export type AuthSettings = ProjectConfig['auth']
