import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { parseEnv } from 'node:util'
import {
  type FunctionConfig,
  type ProjectConfig,
  type ProjectKeys,
  verificationKeys,
} from '../../config/index.ts'

export interface EnvironmentOptions {
  root: string
  config: ProjectConfig
  keys: ProjectKeys
  urls: { api: string; database: string }
  /** What somebody asked for with the start, which counts over everything else. */
  variables?: Record<string, string>
  /** What `${NAME}` stands for in variables of the project's own. */
  addresses?: Record<string, string>
}

/** Where variables of the project's own stand. */
interface Source {
  name: string
  variables: Record<string, string | undefined>
}

/** The variables that Supabase gives every function. */
export function platformVariables({ keys, urls }: EnvironmentOptions): Record<string, string> {
  return {
    SUPABASE_URL: urls.api,
    SUPABASE_DB_URL: urls.database,
    SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: keys.publishableKey }),
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: keys.secretKey }),
    SUPABASE_JWKS: JSON.stringify({ keys: verificationKeys(keys) }),
    SUPABASE_ANON_KEY: keys.anonKey,
    SUPABASE_SERVICE_ROLE_KEY: keys.serviceRoleKey,
    SB_REGION: 'local',
    SB_EXECUTION_ID: crypto.randomUUID(),
  }
}

/**
 * The files that hold variables: the one that the Supabase CLI reads, one beside the function's folder, and the
 * example of it that is committed, by which a fresh checkout runs.
 */
export function variableFiles(root: string, { entrypoint }: FunctionConfig): string[] {
  const beside = join(dirname(dirname(entrypoint)), '.env')
  return [...new Set([`${beside}.example`, join(root, 'supabase/functions/.env'), beside])]
}

const isExample = (file: string) => file.endsWith('.example')

/**
 * The variables of the project's own, and a sentence for each that counts for nothing: the example's, over it
 * `[edge_runtime.secrets]`, over both the files, and over all what the start was asked for. `${NAME}` in one is an
 * address of this stack, whatever its ports. The private key for tokens
 * of their own, which an operator makes and imports into Auth on Supabase, is there by itself.
 */
export function ownVariables(
  { root, config, keys, variables: asked = {}, addresses = {} }: EnvironmentOptions,
  files: Iterable<string>,
) {
  const read = (file: string): Source => ({
    name: relative(root, file),
    variables: parseEnv(readFileSync(file, 'utf8')),
  })
  const there = [...files].filter((file) => existsSync(file))
  const sources: Source[] = [
    ...there.filter(isExample).map(read),
    { name: '[edge_runtime.secrets]', variables: config.edge_runtime.secrets },
    ...there.filter((file) => !isExample(file)).map(read),
    { name: 'what runs beside the stack', variables: asked },
  ]
  const variables: Record<string, string> = {
    FUNCTIONS_SIGNING_KEY: JSON.stringify(keys.functionsSigningKey),
  }
  const problems: string[] = []
  for (const source of sources)
    for (const [name, value = ''] of Object.entries(source.variables)) {
      const problem = problemOf(name, value)
      if (problem) problems.push(`${source.name}: ${problem}`)
      else variables[name] = withAddresses(value, addresses)
    }
  return { variables, problems }
}

/** Of what does not run nothing is there, so that one file does for stacks at any offset and with anything beside. */
function withAddresses(value: string, addresses: Record<string, string>): string {
  return value.replace(/\$\{([A-Z][A-Z0-9_]*)\}/g, (_, name: string) =>
    Object.hasOwn(addresses, name) ? (addresses[name] ?? '') : '',
  )
}

function problemOf(name: string, value: string): string | undefined {
  if (/^SUPABASE_/i.test(name))
    return `${name} is left out: names that begin with SUPABASE_ are the platform's. Give it another name.`
  const [, missing] = /^env\((\w+)\)$/.exec(value) ?? []
  return missing && `${name} is left out: set the variable ${missing} where the stack is started.`
}
