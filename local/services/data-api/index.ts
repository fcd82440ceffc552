import { createDataApi as createLiteDataApi } from './data-api.ts'
import { createDataApi as createOwnDataApi } from './service.ts'

/** `DATA_API=own` serves requests by a reading of PostgREST's grammar of our own. */
export const createDataApi = process.env.DATA_API === 'own' ? createOwnDataApi : createLiteDataApi
