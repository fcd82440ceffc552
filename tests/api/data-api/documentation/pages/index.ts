import type { Page } from '../page.ts'
import { aggregateFunctions } from './aggregate-functions.ts'
import { computedFields } from './computed-fields.ts'
import { domainRepresentations } from './domain-representations.ts'
import { errors } from './errors.ts'
import { functions } from './functions.ts'
import { mediaTypeHandlers } from './media-type-handlers.ts'
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
  computedFields,
  cors,
  domainRepresentations,
  errors,
  functions,
  mediaTypeHandlers,
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
