import { execFile } from 'node:child_process'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import type { UploadedFunction } from './management-api.ts'

/**
 * About what the platform puts together of a function, compressed: its files, and every package that they import,
 * whole, with those that it needs.
 */
export async function bundleBytes(upload: UploadedFunction, nodeModules: string): Promise<number> {
  const text = Object.values(upload.files).join('\n')
  const { imports = {} } = JSON.parse(upload.files[upload.importMap ?? ''] ?? '{}') as {
    imports?: Record<string, string>
  }
  const imported = Object.keys(imports).filter((name) => new RegExp(`from\\s*['"]${name}['"]`).test(text))
  const folders = new Set<string>()
  for (const name of imported) addPackage(folders, name, nodeModules)
  const sizes = await Promise.all([...folders].map(sizeOf))
  return sizes.reduce((sum, size) => sum + size, gzipSync(text).length)
}

function addPackage(folders: Set<string>, name: string, nodeModules: string, from = nodeModules): void {
  const nested = join(from, 'node_modules', name)
  const folder = realpathSync(existsSync(nested) ? nested : join(nodeModules, name))
  if (folders.has(folder)) return
  folders.add(folder)
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>
  }
  for (const needed of Object.keys(dependencies)) addPackage(folders, needed, nodeModules, folder)
}

/** By folder: many functions have the same packages. */
const known = new Map<string, Promise<number>>()

function sizeOf(folder: string): Promise<number> {
  const size = known.get(folder) ?? compressedBytes(folder)
  known.set(folder, size)
  return size
}

async function compressedBytes(folder: string): Promise<number> {
  const { stdout } = await promisify(execFile)(
    'tar',
    ['-czf', '-', '--exclude=./node_modules', '-C', folder, '.'],
    { encoding: 'buffer', maxBuffer: 2 ** 28 },
  )
  return stdout.length
}
