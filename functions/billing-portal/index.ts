import { productionDependencies } from '../_shared/dependencies.ts'
import { stripeConnection } from '../_shared/stripe/index.ts'
import { createHandler } from './handler.ts'

Deno.serve(createHandler({ ...productionDependencies('billing-portal'), connect: stripeConnection() }))
