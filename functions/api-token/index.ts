import { apiTokenDependencies } from './dependencies.ts'
import { createHandler } from './handler.ts'

Deno.serve(createHandler(apiTokenDependencies()))
