import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ProjectConfig, seedFiles } from '../config/index.ts'

/** An account that the seed makes for development. */
export interface DemoAccount {
  email: string
  password: string
  about: string
}

/**
 * The accounts that the seed files announce, one a line, as `-- Account: <email> <password> <what it is>`: the
 * database keeps no password that could be shown.
 */
export function demoAccounts(root: string, config: ProjectConfig): DemoAccount[] {
  return seedFiles(root, config).flatMap((path) => {
    const text = readFileSync(join(root, path), 'utf8')
    return [...text.matchAll(/^-- Account: (\S+) (\S+) (.*)$/gm)].map(
      ([, email = '', password = '', about = '']) => ({
        email,
        password,
        about,
      }),
    )
  })
}
