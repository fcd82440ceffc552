import { createHash } from 'node:crypto'
import { apiKeyPattern } from '../../types/api-key.ts'

/** An API key that somebody shows, as far as it can be told from the text alone. */
export interface PresentedKey {
  id: string
  /** SHA-256 of the whole key: the secret itself goes no further. */
  hash: string
}

const longestKey = 200
const checksumLength = 8

/** The key of an `Authorization` header; undefined for what cannot be one, by its form or its checksum. */
export function presentedKey(authorization: string | null): PresentedKey | undefined {
  if (!authorization || authorization.length > longestKey) return undefined
  const [, key = ''] = /^Bearer (\S+)$/i.exec(authorization) ?? []
  if (!apiKeyPattern.test(key)) return undefined
  if (!sha256(key.slice(0, -checksumLength)).startsWith(key.slice(-checksumLength))) return undefined
  const id = key.slice('bd_'.length, 'bd_'.length + 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  return { id, hash: sha256(key) }
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
