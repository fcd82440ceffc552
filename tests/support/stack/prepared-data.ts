import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'
import { keysFile } from '../../../local/config/index.ts'
import { stackLocation } from '../../../local/stack/index.ts'

/** Copies a folder of Postgres with the owners of its files. */
export function copyData(from: string, to: string): void {
  execFileSync('cp', ['-Rp', from, to])
}

/** Gives a project the data of a stack that has started once, with the run's keys, where its first start is no matter. */
export function prepareData(root: string): void {
  const { directory } = stackLocation(root, 0)
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, keysFile), JSON.stringify(inject('keys')), { mode: 0o600 })
  copyData(inject('preparedData'), join(directory, 'postgres'))
}
