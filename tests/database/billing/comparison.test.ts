import { expect, it } from 'vitest'
import { actAs, clientError, person, service } from '../../support/database/act.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { createCast, ids, ours } from '../../support/people/cast.ts'

const story = policySuite(createCast)

it(
  'the comparison with Stripe is asked for with the secret of the Vault, where anybody ever bought, by servers alone',
  story(async (client) => {
    await client.query(
      "select vault.create_secret('https://p.example.com/', 'project_url'), vault.create_secret('sb_secret_x', 'secret_key')",
    )
    const ask = (after: string | null) =>
      actAs(client, service, 'select public.request_billing_comparison($1)', [after])
    const asked = async () =>
      (
        await client.query(
          "select url, headers, convert_from(body, 'UTF8')::jsonb as body from net.http_request_queue",
        )
      ).rows
    await ask(null)
    expect(await asked()).toEqual([])
    await actAs(client, service, 'select public.keep_billing_customer($1, $2, false)', [ours, 'cus_1'])
    await ask('cus_0')
    expect(await asked()).toEqual([
      {
        url: 'https://p.example.com/functions/v1/billing-reconcile',
        headers: { apikey: 'sb_secret_x', 'content-type': 'application/json' },
        body: { after: 'cus_0' },
      },
    ])
    expect(await clientError(ask('https://evil.example.com/'))).toMatchObject({
      code: 'invalid_input',
      details: 'after',
    })
    await expect(
      actAs(client, person(ids.admin), 'select public.request_billing_comparison()'),
    ).rejects.toMatchObject({ code: '42501' })
  }),
)
