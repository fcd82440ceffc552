import { expect, it } from 'vitest'
import { clientError } from '../../support/database/act.ts'
import { call } from '../../support/database/call.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ours } from '../../support/people/cast.ts'

const story = policySuite()
const initialView = '00000000-0000-4000-8000-000000000100'

it.each(['-infinity', '4713-01-01 BC', '0001-01-01'])('nothing is known of %s', async (asOf) =>
  story(async (client) => {
    const refused = { code: 'invalid_input', details: 'as_of' }
    expect(
      await clientError(
        call(client, admin, 'query_metrics', [ours, 'stats', JSON.stringify({ metric: 'revenue' }), asOf]),
      ),
    ).toMatchObject(refused)
    expect(
      await clientError(call(client, admin, 'get_widget_data', [initialView, null, asOf, ours])),
    ).toMatchObject(refused)
  })(),
)
