import pg from 'pg'
import { patience } from './session.ts'

/** Somebody who is measured. */
export interface Person {
  id: string
  role: 'admin' | 'member' | 'custom'
  /** The numbers of their first and last workspace. */
  workspaces: [number, number]
}

/** Numbers of workspaces: 200 alike, one in which there is little, one in which there is much, and one of strangers. */
export const alike = 200
export const small = 1001
export const large = 1002
export const elsewhere = 1003

const reaches = {
  one: [1, 1],
  ten: [1, 10],
  all: [1, alike],
  few: [small, small],
  many: [large, large],
} as const
/** How much of the database is a person's: that many of the workspaces that are alike, or the small or large one. */
export type Reach = keyof typeof reaches
export const everyReach = Object.keys(reaches) as Reach[]

export function personWith(role: Person['role'], reach: Reach): Person {
  const number = { member: 100, admin: 200, custom: 300 }[role] + everyReach.indexOf(reach)
  return { id: personId(number), role, workspaces: [...reaches[reach]] }
}

export const everybodyMeasured = (['member', 'admin', 'custom'] as const).flatMap((role) =>
  everyReach.map((reach) => personWith(role, reach)),
)

/** Administers every workspace, and owns what is personal in it. */
export const owner = personId(999)

export function workspaceId(number: number): string {
  return `WK-G${String(number).padStart(8, '0')}`
}

/** A view (d) or widget (e) of the fixture. */
export function thingId(letter: 'd' | 'e', workspace: number, number: number): string {
  return `${letter}${String(workspace).padStart(7, '0')}-0000-4000-8000-${String(number).padStart(12, '0')}`
}

export function personId(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
}

/** A session as the Data API has it: for a person, or for the service role, which no policy binds. */
export async function openSession(databaseUrl: string, person?: Person): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  const role = person ? 'authenticated' : 'service_role'
  await client.query("select set_config('request.jwt.claims', $1, false)", [
    JSON.stringify({ sub: person?.id, role }),
  ])
  // What takes a minute is measured no better than what takes ten seconds.
  await client.query(`set statement_timeout = ${patience}`)
  await client.query(`set role ${role}`)
  return client
}
