import type { Page } from '../page.ts'
import { aggregateFunctions } from './aggregate-functions.ts'
import { authentication } from './authentication.ts'
import { computedFields } from './computed-fields.ts'
import { configuration } from './configuration.ts'
import { domainRepresentations } from './domain-representations.ts'
import { errors } from './errors.ts'
import { functions } from './functions.ts'
import { mediaTypeHandlers } from './media-type-handlers.ts'
import { observability } from './observability.ts'
import { options } from './options.ts'
import { cors, openApi, varyHeader } from './others.ts'
import { paginationCount } from './pagination-count.ts'
import { preferences } from './preferences.ts'
import { resourceEmbedding } from './resource-embedding.ts'
import { resourceRepresentation } from './resource-representation.ts'
import { schemas } from './schemas.ts'
import { tablesViews } from './tables-views.ts'
import { transactions } from './transactions.ts'
import { urlGrammar } from './url-grammar.ts'

export const pages: readonly Page[] = [
  aggregateFunctions,
  authentication,
  computedFields,
  configuration,
  cors,
  domainRepresentations,
  errors,
  functions,
  mediaTypeHandlers,
  observability,
  openApi,
  options,
  paginationCount,
  preferences,
  resourceEmbedding,
  resourceRepresentation,
  schemas,
  tablesViews,
  transactions,
  urlGrammar,
  varyHeader,
]
