import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

/** Where a person or a program reaches a stack. */
export interface StackUrls {
  api: string
  database: string
  studio: string
  mailbox: string
}

/** Where something is reached that runs beside a stack. */
export interface BesideUrl {
  title: string
  variable: string
  url: string
}

/** What a running stack leaves in its folder for `status`, and for a second start. */
export interface StackState {
  pid: number
  /** ISO 8601. */
  startedAt: string
  urls: StackUrls
  beside: BesideUrl[]
}

const stateSchema = z.object({
  pid: z.int().positive(),
  startedAt: z.iso.datetime(),
  urls: z.object({ api: z.url(), database: z.url(), studio: z.url(), mailbox: z.url() }),
  beside: z.array(z.object({ title: z.string(), variable: z.string(), url: z.url() })),
})

export function writeState(directory: string, state: StackState): void {
  writeFileSync(stateFile(directory), JSON.stringify(state), { mode: 0o600 })
}

export function removeState(directory: string): void {
  rmSync(stateFile(directory), { force: true })
}

/** The stack that runs on a folder; undefined where none does, also after one that was killed. */
export function runningStack(directory: string): StackState | undefined {
  try {
    const state = stateSchema.parse(JSON.parse(readFileSync(stateFile(directory), 'utf8')))
    process.kill(state.pid, 0)
    // In a container the process of a stack that was killed had the number that this one has.
    const isOfAnother = state.pid === process.pid && Date.parse(state.startedAt) < performance.timeOrigin
    return isOfAnother ? undefined : state
  } catch {
    return undefined
  }
}

function stateFile(directory: string): string {
  return join(directory, 'stack.json')
}
