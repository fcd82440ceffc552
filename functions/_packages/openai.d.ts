export { APIConnectionError, APIError, default } from 'openai'
