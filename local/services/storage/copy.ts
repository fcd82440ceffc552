import { type Caller, firstOf } from '../shared/index.ts'
import { asCaller, ownerIdOf, probeAsCaller } from './callers.ts'
import type { StorageContext } from './context.ts'
import { noSuchKey } from './errors.ts'
import { checkKey, type ObjectName } from './names.ts'
import { type ObjectMetadata, requireObject, type StoredObject, writeObject } from './objects.ts'
import { replaceObject } from './upload.ts'

/** Gives an object another name, which leaves its bytes where they are. */
export async function moveObject(
  { database }: StorageContext,
  caller: Caller,
  source: ObjectName,
  target: ObjectName,
): Promise<{ id: string; name: string }> {
  checkKey(target.key)
  return asCaller(database, caller, 'object.move', async (sql) => {
    const { id } = await requireObject(sql, source)
    const moved = firstOf(
      await sql.rows<{ id: string; name: string }>(
        'update storage.objects set bucket_id = $2, name = $3 where id = $1 returning id, name',
        [id, target.bucket, target.key],
      ),
    )
    if (!moved) throw noSuchKey()
    return moved
  })
}

export interface CopyOptions {
  upsert: boolean
  /** What the copy has instead of the original's; undefined where it has all of that. */
  changes:
    | { file: Pick<Partial<ObjectMetadata>, 'cacheControl' | 'mimetype'>; user: Record<string, unknown> }
    | undefined
}

/** Copies an object that the caller may see to a place where they may write; the copy is theirs. */
export async function copyObject(
  context: StorageContext,
  caller: Caller,
  source: ObjectName,
  target: ObjectName,
  options: CopyOptions,
): Promise<StoredObject> {
  checkKey(target.key)
  const { database, files } = context
  const original = await asCaller(database, caller, 'object.copy', (sql) => requireObject(sql, source))
  const copy = {
    ...target,
    ownerId: ownerIdOf(caller),
    version: '',
    metadata: { ...original.metadata, ...options.changes?.file, lastModified: new Date().toISOString() },
    userMetadata: options.changes ? options.changes.user : original.user_metadata,
  }
  await probeAsCaller(database, caller, 'object.copy', (sql) => writeObject(sql, copy, options.upsert))
  return replaceObject(context, { ...copy, version: await files.copy(original.version) }, options.upsert)
}
