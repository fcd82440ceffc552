import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { copyFile, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

/** The page's code, as a browser asks for it. */
export interface PageCode {
  script(): Promise<Buffer>
  styles(): Promise<Buffer>
}

const stylesFile = createRequire(import.meta.url).resolve('@prisma/studio-core/ui/index.css')

/** Builds the code when it is first asked for, and keeps it below `parent` for every stack of the same packages. */
export function createPageCode(parent: string): PageCode {
  let built: Promise<string> | undefined
  const directory = () => {
    built ??= prepare(parent).catch((error: unknown) => {
      built = undefined
      throw error
    })
    return built
  }
  return {
    script: async () => readFile(join(await directory(), 'page.js')),
    styles: async () => readFile(join(await directory(), 'page.css')),
  }
}

async function prepare(parent: string): Promise<string> {
  const directory = join(parent, `studio-${fingerprint()}`)
  if (existsSync(directory)) return directory
  const staging = await mkdtemp(join(parent, 'studio-build-'))
  try {
    await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'build-page.ts'), staging])
    await copyFile(stylesFile, join(staging, 'page.css'))
    await rename(staging, directory)
  } catch (error) {
    await rm(staging, { recursive: true, force: true })
    // Another stack may have finished the same build in the meantime.
    if (!existsSync(directory)) throw error
  }
  return directory
}

/** Changes with the package and with how it is built. */
function fingerprint(): string {
  const files = [join(dirname(stylesFile), '../../package.json')].concat(
    ['page.js', 'build-page.ts'].map((file) => join(import.meta.dirname, file)),
  )
  const hash = createHash('sha256')
  for (const file of files) hash.update(readFileSync(file))
  return hash.digest('hex').slice(0, 12)
}
