import { Hono } from 'hono'
import {
  createCallers,
  jsonResponse,
  openDatabase,
  type Service,
  type ServiceOptions,
} from '../shared/index.ts'
import type { CallerEnv, StorageContext } from './context.ts'
import { StorageError, storageErrorResponse } from './errors.ts'
import { openFiles } from './files.ts'
import { bucketRoutes } from './routes/buckets.ts'
import { objectRoutes } from './routes/objects.ts'
import { openRoutes } from './routes/open.ts'
import { signingRoutes } from './routes/signing.ts'
import { createSignedUrls } from './signed-urls.ts'

/**
 * The Storage API below `/storage/v1`: rows of `storage.objects`, bytes in a folder.
 *
 * It connects as `supabase_storage_admin` and becomes the caller's role for whatever a policy decides. The
 * connection's role may delete rows of the storage tables, which a trigger refuses to everybody else.
 */
export async function createStorage(options: ServiceOptions): Promise<Service> {
  const context: StorageContext = {
    database: openDatabase(options.databaseUrl('supabase_storage_admin')),
    files: openFiles(options.storageDirectory),
    fileSizeLimit: options.config.storage.file_size_limit,
    signedUrls: createSignedUrls(options.keys.secretKey),
  }
  // A token ends when it says so, to the second.
  const callers = createCallers(options.keys, 0)
  const guarded = new Hono<CallerEnv>()
    .use(async (c, next) => {
      // An access token is enough by itself, as on Supabase.
      const caller = await callers.identify(c.req.raw, { keyNeeded: false })
      if (caller instanceof Response) return caller
      c.set('caller', caller)
      return next()
    })
    .route('/', bucketRoutes(context))
    .route('/', signingRoutes(context))
    .route('/', objectRoutes(context))

  const app = new Hono()
    .basePath('/storage/v1')
    .route('/', openRoutes(context))
    .all('/render/image/*', () => {
      throw new StorageError(403, 'FeatureNotEnabled', 'Images are not transformed by this stack')
    })
    .route('/', guarded)
    .notFound((c) =>
      jsonResponse(404, {
        message: `Route ${c.req.method}:${c.req.path} not found`,
        error: 'Not Found',
        statusCode: 404,
      }),
    )
    .onError((error) => storageErrorResponse(error))

  return { fetch: async (request) => app.fetch(request), close: () => context.database.close() }
}
