import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import * as z from 'zod'
import type { Database } from '../../../types/index.ts'

export type Client = SupabaseClient<Database>

const projectSchema = z.object({ url: z.url(), publishableKey: z.string() })

/** A client of the project that serves this page. */
export async function connect(): Promise<Client> {
  const project = projectSchema.parse(await (await fetch('project.json')).json())
  return createClient<Database>(project.url, project.publishableKey)
}
