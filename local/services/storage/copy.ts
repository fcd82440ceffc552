import type { Caller } from '../shared/index.ts'
import { asCaller, ownerIdOf, probeAsCaller } from './callers.ts'
import type { StorageContext } from './context.ts'
import { noSuchKey } from './errors.ts'
import { checkKey, type ObjectName } from './names.ts'
import { requireObject, type StoredObject, writeObject } from './objects.ts'
import { replaceObject } from './upload.ts'

/** Gives an object another name, which leaves its bytes where they are. */
export async function moveObject(
  { database }: StorageContext,
  caller: Caller,
  source: ObjectName,
  target: ObjectName,
): Promise<void> {
  checkKey(target.key)
  await asCaller(database, caller, 'object.move', async (sql) => {
    const { id } = await requireObject(sql, source)
    const moved = await sql.rows(
      'update storage.objects set bucket_id = $2, name = $3 where id = $1 returning id',
      [id, target.bucket, target.key],
    )
    if (moved.length === 0) throw noSuchKey()
  })
}

/** Copies an object that the caller may see to a place where they may write; the copy is theirs. */
export async function copyObject(
  context: StorageContext,
  caller: Caller,
  source: ObjectName,
  target: ObjectName,
  options: { upsert: boolean; userMetadata: Record<string, unknown> | null | undefined },
): Promise<StoredObject> {
  checkKey(target.key)
  const { database, files } = context
  const original = await asCaller(database, caller, 'object.copy', (sql) => requireObject(sql, source))
  const copy = {
    ...target,
    ownerId: ownerIdOf(caller),
    version: '',
    metadata: { ...original.metadata, lastModified: new Date().toISOString() },
    userMetadata: options.userMetadata === undefined ? original.user_metadata : options.userMetadata,
  }
  await probeAsCaller(database, caller, 'object.copy', (sql) => writeObject(sql, copy, options.upsert))
  return replaceObject(context, { ...copy, version: await files.copy(original.version) }, options.upsert)
}
