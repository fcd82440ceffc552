import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { parseEnv } from 'node:util'
import type { FunctionConfig, ProjectConfig, ProjectKeys } from '../../config/index.ts'

export interface EnvironmentOptions {
  root: string
  config: ProjectConfig
  keys: ProjectKeys
  urls: { api: string; database: string }
}

/** Where variables of the project's own stand. */
interface Source {
  name: string
  variables: Record<string, string | undefined>
}

/** The variables that Supabase gives every function. */
export function platformVariables({ keys, urls }: EnvironmentOptions): Record<string, string> {
  const { d: _private, ...publicKey } = keys.jwtSigningKey
  return {
    SUPABASE_URL: urls.api,
    SUPABASE_DB_URL: urls.database,
    SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: keys.publishableKey }),
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: keys.secretKey }),
    SUPABASE_JWKS: JSON.stringify({ keys: [publicKey] }),
    SUPABASE_ANON_KEY: keys.anonKey,
    SUPABASE_SERVICE_ROLE_KEY: keys.serviceRoleKey,
    SB_REGION: 'local',
    SB_EXECUTION_ID: crypto.randomUUID(),
  }
}

/** The files that hold variables: the one that the Supabase CLI reads, and one beside the function's folder. */
export function variableFiles(root: string, { entrypoint }: FunctionConfig): string[] {
  return [...new Set([join(root, 'supabase/functions/.env'), join(dirname(dirname(entrypoint)), '.env')])]
}

/**
 * The variables of the project's own, and a sentence for each that counts for nothing: `[edge_runtime.secrets]`, and
 * over it the files.
 */
export function ownVariables({ root, config }: EnvironmentOptions, files: Iterable<string>) {
  const sources: Source[] = [
    { name: '[edge_runtime.secrets]', variables: config.edge_runtime.secrets },
    ...[...files]
      .filter((file) => existsSync(file))
      .map((file) => ({
        name: relative(root, file),
        variables: parseEnv(readFileSync(file, 'utf8')),
      })),
  ]
  const variables: Record<string, string> = {}
  const problems: string[] = []
  for (const source of sources)
    for (const [name, value = ''] of Object.entries(source.variables)) {
      const problem = problemOf(name, value)
      if (problem) problems.push(`${source.name}: ${problem}`)
      else variables[name] = value
    }
  return { variables, problems }
}

function problemOf(name: string, value: string): string | undefined {
  if (/^SUPABASE_/i.test(name))
    return `${name} is left out: names that begin with SUPABASE_ are the platform's. Give it another name.`
  const [, missing] = /^env\((\w+)\)$/.exec(value) ?? []
  return missing && `${name} is left out: set the variable ${missing} where the stack is started.`
}
