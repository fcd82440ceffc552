export { readBody } from './body.ts'
export {
  type Authenticate,
  bearerToken,
  type Credentials,
  checkApiKey,
  createAuthentication,
  isOpaqueKey,
} from './callers.ts'
export { type Database, firstOf, openDatabase, type Queryable } from './database.ts'
export { errorResponse, jsonResponse } from './json-response.ts'
export { createTokenVerifier, TokenError, type VerifiedToken } from './jwt.ts'
export type { Gateway, GatewayOptions, GatewayPart, Peer } from './service.ts'
