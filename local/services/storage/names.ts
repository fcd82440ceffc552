import { invalidBucketName, invalidKey, invalidRequest } from './errors.ts'

/** Where an object lies. */
export interface ObjectName {
  bucket: string
  key: string
}

/** Characters that S3 and browsers agree on. */
const allowedCharacters = /^[\w/!.*'() &$@=;:+,?-]+$/
const longestKey = 1024

/** A key as it may be stored: no empty, `.` or `..` part, so that no path means another one. */
export function checkKey(key: string): string {
  const parts = key.split('/')
  const isPlain = parts.every((part) => part !== '' && part !== '.' && part !== '..')
  if (!isPlain || !allowedCharacters.test(key) || Buffer.byteLength(key) > longestKey) throw invalidKey(key)
  return key
}

const bucketName = /^[\w!.*'() &$@=;:+,?-]{1,100}$/

/** A name that a bucket may be made with; white space around it would be seen by nobody. */
export function checkBucketName(name: string): string {
  if (!bucketName.test(name) || name.trim() !== name) throw invalidBucketName()
  return name
}

/** Bucket and key of a request's path after a prefix below `/storage/v1`, such as `/object/public/`. */
export function objectNameOf(request: Request, prefix: string): ObjectName {
  const { pathname } = new URL(request.url)
  const [bucket = '', ...parts] = decode(pathname.slice(`/storage/v1${prefix}`.length)).split('/')
  const key = parts.join('/')
  if (!bucket || !key) throw invalidRequest('A bucket and the name of an object are required')
  return { bucket, key: checkKey(key) }
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    throw invalidKey(path)
  }
}
