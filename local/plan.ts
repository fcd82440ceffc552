import {
  loadKeys,
  type ProjectConfig,
  type ProjectKeys,
  readProject,
  type StackPorts,
  stackPorts,
  stackUrls,
} from './config/index.ts'
import { connectionString, type DatabaseRole } from './postgres/index.ts'
import type { RealtimeLimits } from './services/realtime/index.ts'
import {
  assertStartable,
  type Beside,
  type BesideOptions,
  type BesideUrl,
  chooseBeside,
  claimLocation,
  readBeside,
  type StackLocation,
  type StackUrls,
  stackAddresses,
  stackLocation,
} from './stack/index.ts'

export interface PlanOptions {
  /** The project folder, which holds `supabase/`. */
  root: string
  /** Added to every port of `supabase/config.toml`, so that stacks can run side by side. Default 0. */
  portOffset?: number
  /** Where the stack keeps its files. Default: `stackLocation(root, portOffset)`. */
  location?: StackLocation
  /** Whether what stack.config.ts names runs beside the stack. Default: it does not. */
  beside?: boolean
  /** What of it runs that has to be asked for, by the words after `--with`. */
  with?: string[]
  /** What Realtime permits in place of Supabase's defaults, as for load tests. */
  realtimeLimits?: Partial<RealtimeLimits>
}

/** What is known of a stack before anything starts, and all that its parts know of each other. */
export interface StackPlan {
  root: string
  config: ProjectConfig
  keys: ProjectKeys
  ports: StackPorts
  urls: StackUrls
  location: StackLocation
  realtimeLimits: Partial<RealtimeLimits>
  /** What runs beside the stack, each on its port. */
  beside: Beside[]
  besideUrls: BesideUrl[]
  /** What that tells functions. */
  variables: Record<string, string>
  /** What variables of functions may refer to. */
  addresses: Record<string, string>
  databaseUrl(role: DatabaseRole, database?: string): string
}

/**
 * Finds out where everything of a stack goes, and claims the folder.
 *
 * @throws StackError one sentence that says what is in the way of a start
 */
export async function planStack(options: PlanOptions): Promise<StackPlan> {
  const { root, portOffset = 0, location = stackLocation(root, portOffset) } = options
  const config = readProject(root)
  const ports = stackPorts(config, portOffset)
  const asked = options.with ?? []
  const beside = options.beside ? chooseBeside(await readBeside(root, portOffset), asked) : []
  await assertStartable(location.directory, [
    ...Object.entries(ports),
    ...beside.map(({ title, port }): [string, number] => [title, port]),
  ])
  claimLocation(location)
  const keys = await loadKeys(location.directory)
  const urls = stackUrls(ports, keys)
  const besideUrls = beside.map(({ title, variable, port }) => ({
    title,
    variable,
    url: `http://127.0.0.1:${port}`,
  }))
  const told = await Promise.all(
    beside.map((one) => one.variables?.(besideOptions(one, urls, keys, location))),
  )
  return {
    root,
    config,
    keys,
    ports,
    urls,
    location,
    realtimeLimits: options.realtimeLimits ?? {},
    beside,
    besideUrls,
    variables: Object.assign({}, ...told),
    addresses: stackAddresses(urls, besideUrls),
    databaseUrl: (role, database = 'postgres') =>
      connectionString(role, keys.databasePasswords[role], ports.database, database),
  }
}

/** What a part beside the stack is given. */
export function besideOptions(
  { port }: Pick<Beside, 'port'>,
  urls: StackUrls,
  { publishableKey }: Pick<ProjectKeys, 'publishableKey'>,
  { directory }: Pick<StackLocation, 'directory'>,
): BesideOptions {
  return { port, apiUrl: urls.api, publishableKey, directory }
}
