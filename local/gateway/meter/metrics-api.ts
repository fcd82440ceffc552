import { createHash, timingSafeEqual } from 'node:crypto'
import type { ProjectKeys } from '../../config/index.ts'
import { jsonResponse } from '../../services/shared/index.ts'
import { contentType, prometheusText, summed } from './durations.ts'
import type { Meter } from './meter.ts'

/** Where Supabase has the metrics of a project, with the secret key as the password of `service_role`. */
export const metricsPath = '/customer/v1/privileged/metrics'

/** Gives what the gateway counted to a Prometheus that has a secret key. */
export function createMetricsApi({ secretKey, serviceRoleKey }: ProjectKeys, meter: Meter) {
  const known = [secretKey, serviceRoleKey].map((key) => digest(`service_role:${key}`))
  return async (request: Request): Promise<Response> => {
    const [, encoded = ''] =
      /^basic ([A-Za-z0-9+/=]+)$/i.exec(request.headers.get('authorization') ?? '') ?? []
    const given = digest(Buffer.from(encoded, 'base64').toString())
    if (!known.some((one) => timingSafeEqual(one, given)))
      return jsonResponse(
        401,
        { message: 'Give the secret key as the password of service_role.' },
        { 'WWW-Authenticate': 'Basic realm="metrics"' },
      )
    return new Response(prometheusText(summed(await meter.all())), {
      headers: { 'Content-Type': contentType },
    })
  }
}

const digest = (text: string) => createHash('sha256').update(text).digest()
