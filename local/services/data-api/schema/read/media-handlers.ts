import type { MediaHandler } from '../catalog.ts'
import { type Connection, readRows } from './statement.ts'

interface HandlerRow {
  mediaType: string
  kind: MediaHandler['kind']
  schema: string
  name: string
  rowSchema: string | null
  rowName: string | null
}

/* An aggregate takes rows of one relation, or of any; a function answers the media type itself. */
const statement = `
with media_types as (
  select oid, lower(typname) as name from pg_type
  where typbasetype <> 0 and (typname ~* '^[a-z0-9.-]+/[a-z0-9.+-]+$' or typname = '*/*')
)
select m.name as "mediaType", case p.prokind when 'a' then 'aggregate' else 'function' end as kind,
       n.nspname as schema, p.proname as name, rn.nspname as "rowSchema", r.relname as "rowName"
from media_types m
join pg_proc p on p.prorettype = m.oid
join pg_namespace n on n.oid = p.pronamespace
left join pg_class r on p.prokind = 'a' and r.reltype = p.proargtypes[0] and r.relkind in ('r', 'p', 'f', 'v', 'm')
left join pg_namespace rn on rn.oid = r.relnamespace
where n.nspname = any($1)
  and (p.prokind = 'a' and p.pronargs = 1 and (r.oid is not null or p.proargtypes[0] = 'anyelement'::regtype)
       or p.prokind = 'f' and not p.proretset)
order by m.name, n.nspname, p.proname`

export async function readMediaHandlers(
  connection: Connection,
  schemas: readonly string[],
): Promise<MediaHandler[]> {
  const rows = await readRows<HandlerRow>(connection, statement, [schemas])
  return rows.map(({ mediaType, kind, schema, name, rowSchema, rowName }) => ({
    mediaType,
    kind,
    routine: { schema, name },
    ...(rowSchema !== null && rowName !== null && { rows: { schema: rowSchema, name: rowName } }),
  }))
}
