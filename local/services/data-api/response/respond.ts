import type { Plan } from '../plan/index.ts'
import type { ApiRequest, Preferences } from '../request/request.ts'
import type { StatementRow } from '../statement/index.ts'
import { isBodiless } from './bodiless.ts'
import { contentRange, countOnly, rangeStatus } from './content-range.ts'
import { contentLocation, location } from './location.ts'
import { namingWarning } from './naming-warning.ts'
import { preferenceApplied } from './preference-applied.ts'
import { applyResponseSettings } from './response-settings.ts'

/** What was done, in numbers. */
export interface Outcome {
  rows: number
  total: number | null
  /** How the transaction ends, where the request has chosen. */
  chosenEnd: Preferences['transaction']
}

/** Clients such as undici take 16 KiB of headers together. */
const longestHeader = 4096

interface Answer {
  status: number
  contentRange: string | null
  /** Whether the body of the row is answered. */
  hasBody: boolean
}

/**
 * The response to what a statement has given.
 *
 * @throws RequestError where the range lies outside, or SQL asked for a response that there is not
 */
export function respond(plan: Plan, request: ApiRequest, row: StatementRow, outcome: Outcome): Response {
  const answer = answerOf(plan, row, outcome)
  const headers = new Headers({ Vary: 'Accept, Prefer, Range' })
  if (answer.contentRange !== null) headers.set('Content-Range', answer.contentRange)
  if (answer.hasBody) {
    headers.set('Content-Type', plan.representation.contentType)
    if (request.isProfiled) headers.set('Content-Profile', request.schema)
  }
  if (plan.kind === 'read') setShort(headers, 'Content-Location', contentLocation(plan, request))
  if (plan.kind === 'mutation' && row.location !== null) headers.set('Location', location(plan, row.location))
  const applied = preferenceApplied(plan, request, outcome.chosenEnd)
  if (applied !== null) headers.set('Preference-Applied', applied)
  const warning = namingWarning(plan)
  if (warning !== null) setShort(headers, 'Warning', warning)
  const status = applyResponseSettings(answer.status, headers, row)
  const body = answer.hasBody && !isBodiless(status) ? bodyOf(request, row) : null
  return new Response(body, { status, headers })
}

/** Leaves out a header that says more than clients need, where it would fill what they take of headers. */
function setShort(headers: Headers, name: string, value: string): void {
  if (value.length <= longestHeader) headers.set(name, value)
}

function bodyOf({ method }: ApiRequest, { body }: StatementRow): string | Uint8Array<ArrayBuffer> | null {
  if (method === 'HEAD') return null
  return typeof body === 'string' || body === null ? (body ?? '') : new Uint8Array(body)
}

function answerOf(plan: Plan, row: StatementRow, { rows, total }: Outcome): Answer {
  if (plan.kind === 'mutation') return answerOfWrite(plan, row, rows)
  const { offset } = plan.read
  const status = rangeStatus(offset, rows, total)
  const isVoid = plan.kind === 'call' && plan.routine.result.kind === 'void'
  return {
    status: isVoid ? 204 : status,
    contentRange: contentRange(offset, rows, total),
    hasBody: !isVoid,
  }
}

function answerOfWrite(plan: Extract<Plan, { kind: 'mutation' }>, row: StatementRow, rows: number): Answer {
  const hasBody = plan.representation.kind !== 'none'
  const total = plan.count === undefined || plan.count === 'planned' ? null : rows
  const inserted = Number(row.inserted ?? 0)
  switch (plan.mutation.kind) {
    case 'insert':
      if (plan.isSingleUpsert)
        return { status: hasBody ? (inserted > 0 ? 201 : 200) : 204, contentRange: null, hasBody }
      return {
        status: plan.countsInserted && inserted <= 0 ? 200 : 201,
        contentRange: countOnly(total),
        hasBody,
      }
    case 'update':
      return { status: hasBody ? 200 : 204, contentRange: contentRange(0, rows, total), hasBody }
    case 'delete':
      return { status: hasBody ? 200 : 204, contentRange: countOnly(total), hasBody }
  }
}
