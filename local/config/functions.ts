import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { z } from 'zod'

/** What `[functions.<name>]` may say; what is left out is what the Supabase CLI takes. */
export const functionSchema = z.object({
  enabled: z.boolean().default(true),
  verify_jwt: z.boolean().default(true),
  entrypoint: z.string().default(''),
  import_map: z.string().optional(),
})

/** One function; its paths are absolute. */
export type FunctionConfig = z.infer<typeof functionSchema>

/**
 * The functions of a project: those of the configuration, and every folder of `supabase/functions/` with an
 * `index.ts`. Paths of the configuration are read from `supabase/`, and may lead out of it.
 */
export function findFunctions(
  root: string,
  configured: Record<string, FunctionConfig>,
): Record<string, FunctionConfig> {
  const supabase = resolve(root, 'supabase')
  const commonMap = join(supabase, 'functions/import_map.json')
  const entrypoint = (name: string) => join(supabase, 'functions', name, 'index.ts')
  const found = foldersOf(join(supabase, 'functions'))
    .filter((name) => /^[A-Za-z]/.test(name) && existsSync(entrypoint(name)))
    .map((name) => [name, functionSchema.parse({})] as const)
  const all = Object.entries({ ...Object.fromEntries(found), ...configured })
  return Object.fromEntries(
    all.map(([name, { import_map, ...config }]) => {
      const path = config.entrypoint ? resolve(supabase, config.entrypoint) : entrypoint(name)
      const map = import_map ? resolve(supabase, import_map) : existingMap(path, commonMap)
      return [name, { ...config, entrypoint: path, ...(map && { import_map: map }) }]
    }),
  )
}

/** Deno finds a configuration beside the function by itself; else the one map that all functions may have counts. */
function existingMap(entrypoint: string, commonMap: string): string | undefined {
  const own = ['deno.json', 'deno.jsonc'].map((name) => join(dirname(entrypoint), name))
  return own.some((file) => existsSync(file)) || !existsSync(commonMap) ? undefined : commonMap
}

function foldersOf(directory: string): string[] {
  if (!existsSync(directory)) return []
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
}
