import { type OperatorMetrics, operatorMetricsSchema } from '../../types/operator.ts'
import type { Dependencies } from '../_shared/dependencies.ts'
import { endpoint } from '../_shared/endpoint.ts'
import { type Handler, serveFunction } from '../_shared/serve.ts'
import type { Trace } from '../_shared/trace.ts'
import { contentType, prometheusText } from './text.ts'

export interface MetricsDependencies extends Dependencies {
  readMetrics(trace: Trace): Promise<OperatorMetrics | null>
}

/** The measures of the project for a Prometheus that has the secret key. */
export function createHandler(dependencies: MetricsDependencies): Handler {
  return serveFunction(dependencies, {
    'GET /': endpoint({
      authentication: ['secret'],
      async handle({ trace }) {
        const metrics = operatorMetricsSchema.parse(await dependencies.readMetrics(trace))
        return new Response(prometheusText(metrics), { headers: { 'content-type': contentType } })
      },
    }),
  })
}
