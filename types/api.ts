import type { Answers } from './answers.ts'
import type { ArgumentDocuments } from './argument-documents.ts'
import type { ColumnValues, NullableArguments, PersonRights, ServerRights } from './catalog.ts'
import type { ColumnDocuments } from './column-documents.ts'
import type { Database as Generated } from './database.ts'

// The types that a client of supabase-js is made with: those of database.ts, with documents in the place of JSON, the
// values that are taken in the place of text, and the columns and functions that its role may use. database.ts and
// catalog.ts are generated, answers.ts and the two files of documents say what neither knows.

type Raw = Generated['public']
type RawTables = Raw['Tables']
type RawFunctions = Raw['Functions']

/** A member of a map of maps; `unknown` where there is none. */
type Entry<Map, Outer, Inner> = Outer extends keyof Map
  ? Inner extends keyof Map[Outer]
    ? Map[Outer][Inner]
    : unknown
  : unknown

/** What is more precise than the generated type of a column. */
type Precise<Table, Column> =
  unknown extends Entry<ColumnDocuments, Table, Column>
    ? Entry<ColumnValues, Table, Column>
    : Entry<ColumnDocuments, Table, Column>

/** The generated type of a column with what is more precise in its place, null where it was null. */
type ColumnOf<Table, Column, Type> =
  unknown extends Precise<Table, Column> ? Type : Precise<Table, Column> | Extract<Type, null>

/** The columns that a role has a right to; never where it has it to none. */
type Columns<Table, Type, Allowed> = [Allowed] extends [never]
  ? never
  : { [Column in keyof Type as Column & Allowed]: ColumnOf<Table, Column, Type[Column]> }

type TablesFor<Rights> = {
  [Table in keyof RawTables & keyof Rights]: {
    Row: Columns<Table, RawTables[Table]['Row'], Entry<Rights, Table, 'Row'>>
    ComputedFields: RawTables[Table]['ComputedFields']
    Insert: Columns<Table, RawTables[Table]['Insert'], Entry<Rights, Table, 'Insert'>>
    Update: Columns<Table, RawTables[Table]['Update'], Entry<Rights, Table, 'Update'>>
    Relationships: RawTables[Table]['Relationships']
  }
}

/** Null where leaving an argument out is the same. */
type NullableArgument<Name, Argument> = Name extends keyof NullableArguments
  ? Argument extends NullableArguments[Name]
    ? null
    : never
  : never

type Argument<Name, Key, Type> =
  unknown extends Entry<ArgumentDocuments, Name, Key> ? Type : Entry<ArgumentDocuments, Name, Key>

type ArgumentsOf<Name, Args> =
  Args extends Record<PropertyKey, never>
    ? Args
    : { [Key in keyof Args]: Argument<Name, Key, Args[Key]> | NullableArgument<Name, Key> }

type FunctionFor<Name, Raw, Tables> = Raw extends { Args: infer Args; Returns: infer Returns }
  ? Raw extends { SetofOptions: infer Options extends { to: keyof Tables } }
    ? {
        Args: ArgumentsOf<Name, Args>
        Returns: Tables[Options['to']] extends { Row: infer Row } ? Row : never
        SetofOptions: Options
      }
    : { Args: ArgumentsOf<Name, Args>; Returns: Name extends keyof Answers ? Answers[Name] : Returns }
  : never

type DatabaseFor<Rights extends { Tables: object; Functions: string }> = {
  public: {
    Tables: TablesFor<Rights['Tables']>
    Views: Raw['Views']
    Functions: {
      [Name in keyof RawFunctions & Rights['Functions']]: FunctionFor<
        Name,
        RawFunctions[Name],
        TablesFor<Rights['Tables']>
      >
    }
    Enums: Raw['Enums']
    CompositeTypes: Raw['CompositeTypes']
  }
}

/**
 * What a front end may read, write and call.
 *
 * @example
 * const supabase = createClient<Database>(url, publishableKey)
 * const { data } = await supabase.rpc('get_view', { view_id })
 * const widgets = data?.layout.widgets ?? []
 */
export type Database = DatabaseFor<PersonRights>

/**
 * What a server with the secret key may read, write and call.
 *
 * @example
 * const supabase = createClient<ServerDatabase>(url, secretKey)
 * const until = '2027-01-01T00:00:00Z'
 * await supabase.rpc('grant_plan', { workspace_id, plan: 'premium', until, reason: 'A partner' })
 */
export type ServerDatabase = DatabaseFor<ServerRights>

type PublicTables = Database['public']['Tables']
type PublicFunctions = Database['public']['Functions']

/**
 * A row of a table.
 *
 * @example
 * const shared = (themes: Tables<'themes'>[]) => themes.filter(({ visibility }) => visibility === 'workspace')
 */
export type Tables<Name extends keyof PublicTables> = PublicTables[Name]['Row']

/**
 * What can be inserted into a table; never where nothing can.
 *
 * @example
 * const share: TablesInsert<'dashboard_view_shares'> = { workspace_id, view_id, user_id, access: 'view' }
 */
export type TablesInsert<Name extends keyof PublicTables> = PublicTables[Name]['Insert']

/**
 * What can be changed of a row; never where nothing can.
 *
 * @example
 * const renamed: TablesUpdate<'workspaces'> = { name: 'Analytical Engines' }
 */
export type TablesUpdate<Name extends keyof PublicTables> = PublicTables[Name]['Update']

/**
 * What a function takes.
 *
 * @example
 * const search: Arguments<'list_members'> = { workspace_id, search: 'ada', status: 'active' }
 */
export type Arguments<Name extends keyof PublicFunctions> = PublicFunctions[Name]['Args']

/**
 * What a function answers with.
 *
 * @example
 * const isMine = (views: Answer<'list_views'>) => views.filter(({ ownerId }) => ownerId === userId)
 */
export type Answer<Name extends keyof PublicFunctions> = PublicFunctions[Name]['Returns']
