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
export const alreadyExists = () =>
  new StorageError(409, 'ResourceAlreadyExists', 'The resource already exists', 'Duplicate')
export const invalidKey = (key: string) => new StorageError(400, 'InvalidKey', `Invalid key: ${key}`)
export const invalidRequest = (message: string) => new StorageError(400, 'InvalidRequest', message)
export const invalidToken = (message: string) => new StorageError(400, 'InvalidJWT', message)
export const accessDenied = (message: string) =>
  new StorageError(403, 'AccessDenied', message, 'Unauthorized')
export const tooLarge = () =>
  new StorageError(413, 'EntityTooLarge', 'The object exceeded the maximum allowed size', 'Payload too large')
export const invalidMimeType = (type: string) =>
  new StorageError(415, 'InvalidMimeType', `mime type ${type} is not supported`, 'invalid_mime_type')

/** Every refusal is a 400 whose body says the real status: clients rely on it. */
export function storageErrorResponse(error: unknown): Response {
  const { status, code, label, message } = asStorageError(error)
  return jsonResponse(status === 500 ? 500 : 400, { statusCode: String(status), code, error: label, message })
}

function asStorageError(error: unknown): StorageError {
  if (error instanceof StorageError) return error
  if (error instanceof BodyError) return refusedBody(error)
  if (error instanceof TokenError) return accessDenied(error.message)
  switch (codeOf(error)) {
    case '42501':
      return accessDenied('new row violates row-level security policy')
    case '23505':
      return alreadyExists()
    case '23503':
      return noSuchBucket()
  }
  console.error(`Storage: ${messageOf(error)}`)
  return new StorageError(500, 'InternalError', 'Internal Server Error', 'Internal')
}

function refusedBody({ reason, issue, message }: BodyError): StorageError {
  if (reason === 'tooLarge') return new StorageError(413, 'EntityTooLarge', message, 'Payload too large')
  if (reason === 'notJson') return invalidRequest('Body is not valid JSON')
  return invalidRequest(issue ? `body/${issue.path.join('/')} ${message}` : message)
}
