import pg from 'pg'

/** What `alter role … set …` says of one role: setting → value. */
export type RoleSettings = Record<string, string>

/** How transactions end whose statements succeed. */
export interface TransactionEnd {
  undoes: boolean
  /** Whether a request may say otherwise. */
  mayChoose: boolean
}

/** What the database says about how it wants to be served. */
export interface DatabaseSettings {
  /** Settings of the roles that requests may run as, by role. */
  roles: Map<string, RoleSettings>
  /** The call that comes before every request's own statement. */
  preRequest: string | undefined
  maxRows: number | undefined
  aggregates: boolean | undefined
  transactionEnd: TransactionEnd
}

/** Settings without a role of their own: nothing is added to the request's transaction. */
export const noRoleSettings: RoleSettings = {}

interface SettingRow {
  role: string
  own: boolean
  name: string
  value: string
  settable: boolean
}

const settingsQuery = `
with configured as (
  select r.oid, r.rolname, entry, s.setdatabase
  from pg_db_role_setting s
  join pg_roles r on r.oid = s.setrole, unnest(s.setconfig) as entry
  where s.setdatabase in (0, (select oid from pg_database where datname = current_database()))
    and (r.rolname = current_user or pg_has_role(current_user, r.oid, 'member'))
), split as (
  select *, split_part(entry, '=', 1) as name, substr(entry, strpos(entry, '=') + 1) as value from configured
)
select rolname as role, rolname = current_user as own, name, value,
       coalesce(
         (select context = 'user' or has_parameter_privilege(current_user, s.name, 'set')
          from pg_settings s where lower(s.name) = lower(split.name)),
         false
       ) as settable
from split order by setdatabase, name`

/**
 * Reads the settings of the connected role and of the roles that it may become. Those of one database count
 * more than those of all, as in Postgres itself.
 */
export async function readDatabaseSettings(pool: pg.Pool): Promise<DatabaseSettings> {
  const { rows } = await pool.query<SettingRow>({ text: settingsQuery, types: pg.types })
  const own = new Map(rows.filter((row) => row.own).map((row) => [row.name, row.value]))
  const roles = new Map<string, RoleSettings>()
  for (const { role, name, value } of rows.filter((row) => !row.own && row.settable))
    roles.set(role, { ...roles.get(role), [name]: value })
  return {
    roles,
    preRequest: callOf(own.get('pgrst.db_pre_request')),
    maxRows: positive(own.get('pgrst.db_max_rows')),
    aggregates: truth(own.get('pgrst.db_aggregates_enabled')),
    transactionEnd: endOf(own.get('pgrst.db_tx_end')),
  }
}

/** `commit`, `rollback`, or one of them with `-allow-override`. */
function endOf(setting = 'commit'): TransactionEnd {
  return { undoes: setting.startsWith('rollback'), mayChoose: setting.endsWith('-allow-override') }
}

/** `private.check` → `select "private"."check"()`. */
function callOf(name: string | undefined): string | undefined {
  if (!name) return undefined
  return `select ${name
    .split('.')
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join('.')}()`
}

function positive(value: string | undefined): number | undefined {
  const number = Number(value)
  return number > 0 ? number : undefined
}

function truth(value: string | undefined): boolean | undefined {
  return value === undefined ? undefined : value === 'true'
}
