import { globSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { freePorts, stackLocation } from '../../../local/stack/index.ts'

/** A small Supabase project in a folder of its own, on ports of its own. */
export interface TestProject {
  root: string
  ports: { api: number; database: number; studio: number; mailbox: number; smtp: number }
  /** Writes a file below `supabase/`. */
  write(path: string, content: string): void
  remove(): void
}

/** Makes a project that the stack can start; `files` are paths below `supabase/` with their content. */
export async function createProject(files: Record<string, string> = {}): Promise<TestProject> {
  const root = mkdtempSync(join(tmpdir(), 'project-'))
  const [api = 0, database = 0, studio = 0, mailbox = 0, smtp = 0] = await freePorts(5)
  const write = (path: string, content: string) => {
    const file = join(root, 'supabase', path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
  }
  write(
    'config.toml',
    `project_id = "test"
[api]
port = ${api}
[db]
port = ${database}
major_version = 17
[db.seed]
enabled = false
[studio]
port = ${studio}
[local_smtp]
port = ${mailbox}
smtp_port = ${smtp}
[auth]
site_url = "http://127.0.0.1:3000"
`,
  )
  for (const [path, content] of Object.entries(files)) write(path, content)
  shareInstallations(root)
  return {
    root,
    ports: { api, database, studio, mailbox, smtp },
    write,
    remove() {
      for (const folder of [root, stackLocation(root, 0).installations])
        rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Lends a project the copies of Postgres that the run has made already: each would be sixty megabytes again. */
function shareInstallations(root: string): void {
  const from = stackLocation(join(import.meta.dirname, '../../..'), 0).installations
  const to = stackLocation(root, 0).installations
  mkdirSync(to, { recursive: true })
  for (const copy of globSync('postgres-*', { cwd: from })) symlinkSync(join(from, copy), join(to, copy))
}
