export { type SchemaAccess, schemaAccessStatement } from './access.ts'
export { type OpenApiOptions, openApiDocument } from './document.ts'
export { forbiddenSchema } from './refusal.ts'
