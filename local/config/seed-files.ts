import { globSync } from 'node:fs'
import { join } from 'node:path'
import type { ProjectConfig } from './project.ts'

/**
 * The seed files of a project in the order they run, as paths below the root. The configured paths are patterns, and
 * one that matches nothing is no fault, as with the Supabase CLI.
 */
export function seedFiles(root: string, { db: { seed } }: ProjectConfig): string[] {
  if (!seed.enabled) return []
  return seed.sql_paths.flatMap((pattern) => globSync(join('supabase', pattern), { cwd: root }).sort())
}
