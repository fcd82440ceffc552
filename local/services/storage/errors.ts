import pg from 'pg'
import type { z } from 'zod'
import { codeOf, messageOf } from '../../stack/index.ts'
import { BodyError, jsonResponse, TokenError } from '../shared/index.ts'

/** A refusal that the client is told about, in Storage's words. */
export class StorageError extends Error {
  override name = 'StorageError'
  readonly status: number
  readonly code: string
  /** The older name of the code, which clients read as `error`. */
  readonly label: string

  constructor(status: number, code: string, message: string, label = code) {
    super(message)
    this.status = status
    this.code = code
    this.label = label
  }
}

export const noSuchBucket = () =>
  new StorageError(404, 'NoSuchBucket', 'Bucket not found', 'Bucket not found')
export const noSuchKey = () => new StorageError(404, 'NoSuchKey', 'Object not found', 'not_found')
export const invalidKey = (key: string) => new StorageError(400, 'InvalidKey', `Invalid key: ${key}`)
export const invalidBucketName = () =>
  new StorageError(400, 'InvalidBucketName', 'Bucket name invalid', 'Invalid Input')
export const bucketNotEmpty = () =>
  new StorageError(409, 'ResourceNotEmpty', 'The bucket you tried to delete is not empty')
export const invalidRequest = (message: string, label?: string) =>
  new StorageError(400, 'InvalidRequest', message, label)
export const invalidToken = (message: string) => new StorageError(400, 'InvalidJWT', message)
export const invalidSignature = (message = 'Invalid signature') =>
  new StorageError(400, 'InvalidSignature', message)
export const invalidRange = () =>
  new StorageError(400, 'InvalidRange', 'invalid range provided', 'invalid_range')
export const accessDenied = (message: string) =>
  new StorageError(403, 'AccessDenied', message, 'Unauthorized')
export const tooLarge = (what = 'object') =>
  new StorageError(
    413,
    'EntityTooLarge',
    `The ${what} exceeded the maximum allowed size`,
    'Payload too large',
  )
export const invalidMimeType = (type: string) =>
  new StorageError(415, 'InvalidMimeType', `mime type ${type} is not supported`, 'invalid_mime_type')
export const notBuilt = (what: string) =>
  new StorageError(501, 'NotSupported', `The embedded stack does not serve ${what}.`)

/** What a response header can carry. */
export const headerText = /^[\x20-\x7e\xa0-\xff]*$/

/** What is answered as itself; every other refusal is a 400 whose body says the real status: clients rely on it. */
const ownStatuses = new Set([500, 501, 544])

export function storageErrorResponse(error: unknown): Response {
  const { status, code, label, message } = asStorageError(error)
  return jsonResponse(ownStatuses.has(status) ? status : 400, {
    statusCode: String(status),
    code,
    error: label,
    message,
  })
}

function asStorageError(error: unknown): StorageError {
  if (error instanceof StorageError) return error
  if (error instanceof BodyError) return refusedBody(error)
  if (error instanceof TokenError) return accessDenied(tokenMessages.get(error.message) ?? error.message)
  return databaseError(error) ?? unexpectedError(error)
}

/** Where Storage's words for a token differ from the Data API's. */
const tokenMessages = new Map([
  ['JWT expired', '"exp" claim timestamp check failed'],
  ['JWT not yet valid', '"nbf" claim timestamp check failed'],
])

/** What the database refuses; undefined for what it should not have been asked. */
function databaseError(error: unknown): StorageError | undefined {
  const message = messageOf(error)
  switch (codeOf(error)) {
    case '42501':
      return accessDenied(
        message.includes('row-level security') ? 'new row violates row-level security policy' : message,
      )
    case '23505':
      return new StorageError(409, existingCode(error), 'The resource already exists', 'Duplicate')
    case '23503':
      return new StorageError(404, 'InvalidRequest', 'The related resource does not exist')
    case '57014':
      return new StorageError(544, 'DatabaseTimeout', 'The connection to the database timed out')
  }
  return undefined
}

function existingCode(error: unknown): string {
  const isBucket = error instanceof pg.DatabaseError && error.table === 'buckets'
  return isBucket ? 'BucketAlreadyExists' : 'KeyAlreadyExists'
}

function unexpectedError(error: unknown): StorageError {
  console.error(`Storage: ${messageOf(error)}`)
  return new StorageError(500, 'InternalError', 'Internal Server Error', 'Internal')
}

function refusedBody({ reason, issue, message }: BodyError): StorageError {
  if (reason === 'notJson') return invalidRequest('Body is not valid JSON', 'Error')
  return invalidRequest(issue ? issueMessage('body', issue) : message, 'Error')
}

/** What is wrong with a part of a request, in the words of Storage where a value is absent. */
export function issueMessage(part: string, { path, message }: z.core.$ZodIssue): string {
  if (!message.endsWith('received undefined')) return `${[part, ...path].join('/')} ${message}`
  const name = String(path.at(-1))
  return `${[part, ...path.slice(0, -1)].join('/')} must have required property '${name}'`
}
