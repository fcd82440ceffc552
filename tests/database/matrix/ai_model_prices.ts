import { forEveryoneSignedIn, forNobody, type TableMatrix } from '../../support/database/policy-matrix.ts'

const forOperators = { ...forNobody, service: 'rows' } as const
const price = { model_key: 'gpt-6.1-terra', holds_from: '2026-10-26' }

// What models cost: the operator's to say, with the secret key.
export const aiModelPrices: TableMatrix = {
  cases: [
    { operation: 'select', what: 'a price', match: price, verdicts: forEveryoneSignedIn },
    {
      operation: 'insert',
      what: 'a price',
      values: {
        model_key: 'gpt-6.1-terra',
        holds_from: '2030-01-01',
        input: 1,
        cached_input: 0.1,
        output: 5,
      },
      verdicts: forOperators,
    },
    {
      operation: 'insert',
      what: 'a negative price',
      values: { model_key: 'gpt-6.1-terra', holds_from: '2030-01-02', input: -1, cached_input: 0, output: 0 },
      verdicts: { ...forNobody, service: '23514' },
    },
    { operation: 'update', what: 'a price', match: price, values: { input: 2 }, verdicts: forOperators },
    { operation: 'delete', what: 'a price', match: price, verdicts: forOperators },
  ],
}
