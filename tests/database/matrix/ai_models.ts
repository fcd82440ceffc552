import { forEveryoneSignedIn, forNobody, type TableMatrix } from '../../support/database/policy-matrix.ts'

const forOperators = { ...forNobody, service: 'rows' } as const

// A catalog to which the operator adds, with the secret key.
export const aiModels: TableMatrix = {
  cases: [
    { operation: 'select', what: 'a model', match: { key: 'gpt-6.1-terra' }, verdicts: forEveryoneSignedIn },
    {
      operation: 'insert',
      what: 'a model',
      values: {
        key: 'local/llama',
        provider: 'local',
        name: 'llama',
        title: 'Llama',
        context_tokens: 8000,
        max_output_tokens: 2000,
      },
      verdicts: forOperators,
    },
    {
      operation: 'update',
      what: 'whether a model is there',
      match: { key: 'gpt-6.1-terra' },
      values: { is_available: false },
      verdicts: forOperators,
    },
    { operation: 'delete', what: 'a model', match: { key: 'gpt-5.6-luna' }, verdicts: forOperators },
  ],
}
