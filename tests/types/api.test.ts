import { createClient } from '@supabase/supabase-js'
import { describe, expectTypeOf, it } from 'vitest'
import type { ArgumentDocuments } from '../../types/argument-documents.ts'
import type { ColumnValues, NullableArguments, PersonRights } from '../../types/catalog.ts'
import type { ColumnDocuments } from '../../types/column-documents.ts'
import type { Database as Generated, Json } from '../../types/database.ts'
import type {
  AccessExplanation,
  AccessLevel,
  Answer,
  Arguments,
  AuditEntry,
  Database,
  ErrorCode,
  Layout,
  ListedView,
  Member,
  PlanKey,
  Preferences,
  ServerDatabase,
  Session,
  StoredView,
  Tables,
  TablesInsert,
  TablesUpdate,
  Theme,
  ThemePatch,
} from '../../types/index.ts'

// What the types of the API say. The compiler is what fails: `npm run check:types`.

type Public = Database['public']
type Functions = Generated['public']['Functions']

/** The keys under which something says no more than JSON, or nothing. */
type Vague<Members> = {
  [Key in keyof Members]-?: unknown extends Members[Key]
    ? Key
    : Json extends Members[Key]
      ? Key
      : NonNullable<Json> extends Members[Key]
        ? Key
        : never
}[keyof Members]

type VagueOf<Groups> = { [Name in keyof Groups]: Vague<Groups[Name]> }[keyof Groups]
type Part<Groups, Key extends PropertyKey> = {
  [Name in keyof Groups]: Groups[Name] extends Record<Key, infer Found> ? Found : never
}

/** The names under `Hand` that are in no `Generated` group any more. */
type Stale<Hand, Groups> = {
  [Name in keyof Hand]: Name extends keyof Groups ? Exclude<keyof Hand[Name], keyof Groups[Name]> : Name
}[keyof Hand]

describe('nothing', () => {
  it('is JSON without a document: not an answer, an argument or a column', () => {
    expectTypeOf<Vague<Part<Public['Functions'], 'Returns'>>>().toEqualTypeOf<never>()
    expectTypeOf<VagueOf<Part<Public['Functions'], 'Args'>>>().toEqualTypeOf<never>()
    expectTypeOf<VagueOf<Part<Public['Tables'], 'Row'>>>().toEqualTypeOf<never>()
    // The generated types are what is vague: else none of this would say anything.
    expectTypeOf<'colors'>().toExtend<VagueOf<Part<Generated['public']['Tables'], 'Row'>>>()
    expectTypeOf<'document'>().toExtend<VagueOf<Part<Functions, 'Args'>>>()
    expectTypeOf<'get_view'>().toExtend<Vague<Part<Functions, 'Returns'>>>()
  })

  it('is said of an argument or a column that is not there', () => {
    expectTypeOf<Stale<ArgumentDocuments, Part<Functions, 'Args'>>>().toEqualTypeOf<never>()
    expectTypeOf<Stale<ColumnDocuments, Part<Generated['public']['Tables'], 'Row'>>>().toEqualTypeOf<never>()
  })

  it('that a person may use is left out', () => {
    expectTypeOf<keyof Public['Functions']>().toEqualTypeOf<PersonRights['Functions']>()
    expectTypeOf<keyof Public['Tables']>().toEqualTypeOf<keyof PersonRights['Tables']>()
    expectTypeOf<keyof NullableArguments>().toExtend<keyof Functions>()
  })
})

describe('an answer', () => {
  it('is the document that it has a schema of, or a row', () => {
    expectTypeOf<Answer<'session_context'>>().toEqualTypeOf<Session>()
    expectTypeOf<Answer<'list_views'>>().toEqualTypeOf<ListedView[]>()
    expectTypeOf<Answer<'get_view'>>().toEqualTypeOf<StoredView>()
    expectTypeOf<Answer<'my_access'>>().toEqualTypeOf<AccessLevel>()
    expectTypeOf<Answer<'create_workspace'>>().toEqualTypeOf<Tables<'workspaces'>>()
    expectTypeOf<Answer<'accept_invitation'>['status']>().toEqualTypeOf<'active' | 'suspended'>()
    expectTypeOf<Answer<'delete_view'>>().toEqualTypeOf<undefined>()
  })
})

describe('an argument', () => {
  it('is a document or one of the values that are taken', () => {
    expectTypeOf<Arguments<'save_layout'>['layout']>().toEqualTypeOf<Layout>()
    expectTypeOf<NonNullable<Arguments<'create_view'>['visibility']>>().toEqualTypeOf<
      'workspace' | 'personal'
    >()
  })

  it('takes null where that is the same as nothing, and only there', () => {
    expectTypeOf<Arguments<'list_members'>['search']>().toEqualTypeOf<string | null | undefined>()
    expectTypeOf<Arguments<'list_members'>['page']>().toEqualTypeOf<number | undefined>()
    expectTypeOf<Arguments<'answer_survey'>['score']>().toEqualTypeOf<number | null | undefined>()
  })
})

describe('a row', () => {
  it('has documents, and the values that a check allows', () => {
    expectTypeOf<Tables<'themes'>['colors']>().toEqualTypeOf<Theme['colors']>()
    expectTypeOf<Tables<'themes'>['visibility']>().toEqualTypeOf<'workspace' | 'personal'>()
    expectTypeOf<Tables<'preferences'>['theme_mode']>().toEqualTypeOf<'light' | 'dark' | 'system' | null>()
    expectTypeOf<Tables<'workspaces'>['plan_type']>().toEqualTypeOf<'free' | 'premium'>()
  })

  it('has the values that the schemas of documents have', () => {
    expectTypeOf<ThemePatch['visibility']>().toEqualTypeOf<Tables<'themes'>['visibility'] | undefined>()
    expectTypeOf<StoredView['visibility']>().toEqualTypeOf<Tables<'dashboard_views'>['visibility']>()
    expectTypeOf<AccessLevel>().toEqualTypeOf<Tables<'resource_grants'>['access']>()
    expectTypeOf<AccessExplanation['resourceType']>().toEqualTypeOf<
      Tables<'resource_grants'>['resource_type']
    >()
    expectTypeOf<Member['status']>().toEqualTypeOf<Tables<'workspace_members'>['status']>()
    expectTypeOf<Preferences['theme_mode'] | null>().toEqualTypeOf<Tables<'preferences'>['theme_mode']>()
    expectTypeOf<AuditEntry['action']>().toEqualTypeOf<Tables<'audit_log'>['action']>()
    expectTypeOf<AuditEntry['actor']['type']>().toEqualTypeOf<Tables<'audit_log'>['actor_type']>()
    expectTypeOf<PlanKey>().toEqualTypeOf<Tables<'plans'>['key']>()
  })

  it('is written in the columns that are granted, and in no other', () => {
    expectTypeOf<TablesUpdate<'workspaces'>>().toEqualTypeOf<{
      name?: string
      settings?: Tables<'workspaces'>['settings']
    }>()
    expectTypeOf<keyof TablesInsert<'dashboard_view_shares'>>().toEqualTypeOf<
      'access' | 'role_key' | 'user_id' | 'view_id' | 'workspace_id'
    >()
    expectTypeOf<TablesInsert<'workspaces'>>().toEqualTypeOf<never>()
    expectTypeOf<TablesUpdate<'audit_log'>>().toEqualTypeOf<never>()
  })

  it('is written by a server in what a server may write', () => {
    type Written = ServerDatabase['public']['Tables']['workspaces']['Update']
    expectTypeOf<Written>().not.toHaveProperty('plan_type')
    type Callable = keyof ServerDatabase['public']['Functions']
    expectTypeOf<'admin_delete_account' | 'admin_set_member' | 'grant_plan'>().toExtend<Callable>()
    expectTypeOf<'session_context'>().not.toExtend<Callable>()
  })
})

describe('a client', () => {
  const calls = () => {
    const supabase = createClient<Database>('http://127.0.0.1', 'key')
    return [
      // @ts-expect-error: the plan is what was bought or given.
      supabase.from('workspaces').update({ plan_type: 'premium' }),
      // @ts-expect-error: entries are written by the database.
      supabase.from('audit_log').insert({ action: 'insert' }),
      // @ts-expect-error: a dashboard, not a view.
      supabase.rpc('my_access', { workspace_id: '', resource_id: '', resource_type: 'view' }),
      // @ts-expect-error: a function of servers.
      supabase.rpc('admin_delete_account', { user_id: '' }),
      // @ts-expect-error: no layout.
      supabase.rpc('save_layout', { view_id: '', layout: { widgets: [] }, expected_version: 1 }),
      supabase.from('themes').select('visibility').eq('visibility', 'workspace'),
      // @ts-expect-error: there is no such value.
      supabase.from('themes').select('visibility').eq('visibility', 'public'),
    ]
  }

  it('is told of a mistake before it makes it', () => {
    expectTypeOf(calls).toBeFunction()
    expectTypeOf<'stale'>().not.toExtend<ErrorCode>()
  })

  it('reads what it selects, embedded rows included', () => {
    const read = () =>
      createClient<Database>('http://127.0.0.1', 'key')
        .from('dashboard_view_shares')
        .select('access, dashboard_views(visibility)')
        .single()
    type Read = NonNullable<Awaited<ReturnType<typeof read>>['data']>
    expectTypeOf<Read>().toEqualTypeOf<{
      access: ColumnValues['dashboard_view_shares']['access']
      dashboard_views: { visibility: 'workspace' | 'personal' }
    }>()
  })

  it('gets what it prefers with a call', () => {
    const call = () =>
      createClient<Database>('http://127.0.0.1', 'key').rpc('get_preferences', { workspace_id: '' })
    expectTypeOf<Awaited<ReturnType<typeof call>>['data']>().toEqualTypeOf<Preferences | null>()
  })
})
