import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { copyFile, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { codeOf } from '../../stack/index.ts'
import { tooLarge } from './errors.ts'

/** The bytes of one version of an object, as just written. */
export interface StoredFile {
  version: string
  size: number
  /** MD5 in quotes, as S3 has it. */
  eTag: string
}

/** Bytes on disk, by version: a name that a client chose never becomes a path. */
export interface Files {
  /** Writes a stream under a version of its own. @throws StorageError when it is longer than `limit` bytes */
  write(body: AsyncIterable<Uint8Array>, limit: number): Promise<StoredFile>
  /** Bytes `start` to `end`, both included; null where the version was removed. */
  read(version: string, start: number, end: number): Promise<ReadableStream | null>
  copy(version: string): Promise<string>
  /** What SQL made has no version, and no bytes. */
  remove(versions: (string | null)[]): Promise<void>
}

/** Keeps files below a folder. A version is complete or absent, and never changes. */
export function openFiles(directory: string): Files {
  const pathOf = (version: string) => join(directory, version.slice(0, 2), version)
  const prepare = async () => {
    const version = randomUUID()
    await mkdir(dirname(pathOf(version)), { recursive: true })
    return { version, path: pathOf(version) }
  }
  return {
    async write(body, limit) {
      const { version, path } = await prepare()
      const part = `${path}.part`
      const hash = createHash('md5')
      let size = 0
      try {
        await pipeline(
          body,
          async function* measure(chunks: AsyncIterable<Uint8Array>) {
            for await (const chunk of chunks) {
              size += chunk.byteLength
              if (size > limit) throw tooLarge()
              hash.update(chunk)
              yield chunk
            }
          },
          createWriteStream(part, { flush: true }),
        )
        await rename(part, path)
      } catch (error) {
        await rm(part, { force: true })
        throw error
      }
      return { version, size, eTag: `"${hash.digest('hex')}"` }
    },
    async read(version, start, end) {
      try {
        const file = await open(pathOf(version))
        return Readable.toWeb(file.createReadStream({ start, end }))
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return null
        throw error
      }
    },
    async copy(version) {
      const target = await prepare()
      await copyFile(pathOf(version), target.path)
      return target.version
    },
    async remove(versions) {
      await Promise.all(versions.map((version) => version && rm(pathOf(version), { force: true })))
    },
  }
}
