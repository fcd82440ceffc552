import { productionDependencies } from '../../../../functions/_shared/dependencies.ts'
import { createHandler } from './handler.ts'

Deno.serve(createHandler(productionDependencies('example')))
