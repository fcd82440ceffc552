import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import * as z from 'zod'
import { createPageFetch, type Database } from '../../../types/index.ts'

export type Client = SupabaseClient<Database>

const projectSchema = z.object({ url: z.url(), publishableKey: z.string() })

/** What this page says when it is closed. */
export const pageFetch = createPageFetch()

/** A client of the project that serves this page. */
export async function connect(): Promise<Client> {
  const project = projectSchema.parse(await (await fetch('project.json')).json())
  return createClient<Database>(project.url, project.publishableKey, { global: { fetch: pageFetch.fetch } })
}
