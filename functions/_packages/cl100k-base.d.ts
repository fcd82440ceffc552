export { countTokens } from 'gpt-tokenizer/encoding/cl100k_base'
