/** The part of Swagger 2.0 that the document is made of; what is undefined is left out when it is written. */
export interface SwaggerSchema {
  $ref?: string
  type?: SwaggerType | undefined
  format?: string
  description?: string | undefined
  default?: unknown
  enum?: readonly string[] | undefined
  maxLength?: number | undefined
  items?: SwaggerSchema | undefined
  properties?: Record<string, SwaggerSchema>
  required?: readonly string[] | undefined
}

export type SwaggerType = 'array' | 'boolean' | 'integer' | 'number' | 'object' | 'string'

export type SwaggerParameter = { $ref: string } | DescribedParameter

interface DescribedParameter extends Omit<SwaggerSchema, 'properties' | 'required'> {
  name: string
  in: 'body' | 'header' | 'query'
  required: boolean
  schema?: SwaggerSchema
  collectionFormat?: 'multi'
}

export interface SwaggerOperation {
  tags: readonly string[]
  summary?: string | undefined
  description?: string | undefined
  parameters?: readonly SwaggerParameter[]
  produces?: readonly string[]
  responses: Record<string, { description: string; schema?: SwaggerSchema }>
}

export type SwaggerPath = Partial<Record<'delete' | 'get' | 'patch' | 'post', SwaggerOperation>>
