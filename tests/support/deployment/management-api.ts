import type { Server } from 'node:http'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { freePorts } from '../../../local/stack/index.ts'

/** A function as it was uploaded. */
export interface UploadedFunction {
  name: string
  entrypoint: string
  importMap: string | undefined
  /** Whether the platform checks tokens; it does where nothing is said. */
  verifyJwt: boolean
  /** By path below the project's root. */
  files: Record<string, string>
}

/** As much of Supabase's Management API as `supabase functions deploy --use-api` needs. */
export interface ManagementApi extends AsyncDisposable {
  url: string
  uploads: UploadedFunction[]
}

interface Metadata {
  name: string
  entrypoint_path: string
  import_map_path?: string
  verify_jwt?: boolean
}

export async function startManagementApi(): Promise<ManagementApi> {
  const [port = 0] = await freePorts(1)
  const uploads: UploadedFunction[] = []
  const app = new Hono()
    .get('/v1/projects/:ref/functions', (c) => c.json([]))
    .post('/v1/projects/:ref/functions/deploy', async (c) => {
      const upload = await readUpload(await c.req.formData())
      uploads.push(upload)
      return c.json(deployed(upload), 201)
    })
    .put('/v1/projects/:ref/functions', async (c) => c.json({ functions: await c.req.json() }))
  const server = await new Promise<Server>((resolve) => {
    const started = serve({ hostname: '127.0.0.1', port, fetch: app.fetch }, () => resolve(started as Server))
  })
  return {
    url: `http://127.0.0.1:${port}`,
    uploads,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function readUpload(form: FormData): Promise<UploadedFunction> {
  const metadata = JSON.parse(String(form.get('metadata'))) as Metadata
  const files = await Promise.all(
    form
      .getAll('file')
      .filter((file) => file instanceof File)
      .map(async (file) => [file.name, await file.text()] as const),
  )
  return {
    name: metadata.name,
    entrypoint: metadata.entrypoint_path,
    importMap: metadata.import_map_path,
    verifyJwt: metadata.verify_jwt ?? true,
    files: Object.fromEntries(files),
  }
}

function deployed({ name, entrypoint, verifyJwt }: UploadedFunction) {
  return {
    id: crypto.randomUUID(),
    slug: name,
    name,
    status: 'ACTIVE',
    version: 1,
    created_at: 1,
    updated_at: 1,
    verify_jwt: verifyJwt,
    entrypoint_path: entrypoint,
  }
}
