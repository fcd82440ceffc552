import { beforeEach, describe, expect, it } from 'vitest'
import { createSafePosts } from '../../../functions/_shared/safe-fetch/index.ts'
import { host, integrationDeliverSuite } from '../../support/functions/integration-deliver-suite.ts'

// Receivers that somebody chose to do harm: our own network, redirects to it, names that change, answers without end.

const suite = integrationDeliverSuite([
  ['inner.example.test', [['10.0.0.1']]],
  ['mixed.example.test', [['127.0.0.1', '127.0.0.2']]],
  ['rebound.example.test', [['127.0.0.1'], ['127.0.0.2']]],
  ['metadata.example.test', [['169.254.169.254']]],
  ['six.example.test', [['::ffff:127.0.0.2']]],
  ['old.example.test', [['::127.0.0.2']]],
  ['nowhere.example.test', [[]]],
])

beforeEach(async () => {
  const { app, receiver } = suite()
  await app.server.query('delete from private.destinations')
  Object.assign(receiver.answer, { status: 200, body: {}, delay: 0 })
  receiver.seen.length = 0
})

/** What became of one event for an address. */
async function outcome(url: string) {
  const { save, rename, run, list } = suite()
  const { id } = await save({ url })
  await rename(`Renamed ${performance.now()}`)
  const began = performance.now()
  await run()
  expect(performance.now() - began).toBeLessThan(5_000)
  const [delivery] = await list(id)
  return delivery
}
const unreachable = {
  status: 'waiting',
  attempts: [{ outcome: 'unreachable', status: null, milliseconds: null }],
}

describe('an address', () => {
  it.each([
    ['by a name of a private network', 'https://inner.example.test/sales'],
    ['by a name of the metadata', 'https://metadata.example.test/'],
    ['by a name of IPv6 around IPv4', 'https://six.example.test/sales'],
    ['by a name of IPv6 around IPv4 in its old form', 'https://old.example.test/sales'],
    ['by a name with no address', 'https://nowhere.example.test/sales'],
  ])('%s is not reached, and says no more than any other', async (_, url) => {
    expect(await outcome(url)).toMatchObject(unreachable)
    expect(suite().receiver.seen).toEqual([])
  })

  it.each([
    ['of this machine', 'https://127.0.0.2/sales'],
    ['as one number', 'https://2130706434/sales'],
    ['in hexadecimal', 'https://0x7f.0x2/sales'],
    ['of a private network', 'https://192.168.0.1/sales'],
    ['of the cloud’s metadata', 'https://169.254.169.254/latest/meta-data/'],
    ['by the name localhost', 'https://localhost/sales'],
    ['in octal', 'https://0177.0.0.2/sales'],
    ['in short', 'https://127.2/sales'],
    ['of every interface', 'https://0.0.0.0/sales'],
    ['by a name with a dot at its end', 'https://localhost./sales'],
    ['on another port', `https://${host}:22/`],
  ])('%s is refused for its form, and by the function that would send to it', async (_, url) => {
    await expect(suite().save({ url })).rejects.toMatchObject({ code: 'invalid_input', details: 'url' })
    await using posts = createSafePosts()(new URL(url))
    expect(await posts.post('{}', {})).toBeNull()
    expect(suite().receiver.seen).toEqual([])
  })

  it('is sent nothing on a port that the operator lists no more', async () => {
    const { app, receiver, at, save, rename, run, list } = suite()
    const { id } = await save({ url: at('/sales') })
    const allow = (ports: number[]) =>
      app.server.query('update private.operator_settings set request_ports = $1', [ports])
    await allow([])
    try {
      await rename(`Renamed ${performance.now()}`)
      await run()
    } finally {
      await allow([receiver.port])
    }
    expect((await list(id))[0]).toMatchObject(unreachable)
    expect(receiver.seen).toEqual([])
  })

  it('that is good beside one that is not is not reached', async () => {
    expect(await outcome(suite().at('/sales', 'mixed.example.test'))).toMatchObject(unreachable)
  })

  it('that changes at the second look is asked where the first one led, and then no more', async () => {
    const { app, at, save, rename, run, list } = suite()
    const { id } = await save({ url: at('/sales', 'rebound.example.test') })
    // Each of two processes looks for itself.
    for (const name of ['One', 'Two', 'Three', 'Four']) {
      await rename(name)
      await app.server.query("update private.deliveries set due_at = now() - interval '1 second'")
      await run()
    }
    const statuses = (await list(id)).map(({ status }) => status)
    expect(statuses.toReversed()).toEqual(['delivered', 'delivered', 'waiting', 'waiting'])
  })

  it('with a name and password is refused, and is in no error', async () => {
    const { ada, workspace } = suite()
    const { error } = await ada.supabase.rpc('save_destination', {
      workspace_id: workspace,
      document: {
        kind: 'webhook',
        name: 'x',
        url: 'https://ada:s3cret@x.example.com/',
        events: ['view.created'],
      },
    })
    expect(error).toMatchObject({ code: 'invalid_input', details: 'url' })
    expect(JSON.stringify(error)).not.toContain('s3cret')
  })
})

describe('an answer', () => {
  it('of a redirect is followed nowhere', async () => {
    const { at, receiver } = suite()
    expect(await outcome(at('/redirect'))).toMatchObject({
      status: 'waiting',
      attempts: [{ outcome: 'refused', status: 302 }],
    })
    expect(receiver.seen.map(({ path }) => path)).toEqual(['/redirect'])
  })

  it.each(['/silent', '/headers'])('like %s is cut', async (path) => {
    expect(await outcome(suite().at(path))).toMatchObject(unreachable)
  })

  it.each(['/endless', '/huge', '/drip', '/half', '/lying', '/compressed', '/html'])(
    'like %s counts by its status, and is not read',
    async (path) => {
      expect(await outcome(suite().at(path))).toMatchObject({
        status: 'delivered',
        attempts: [{ outcome: 'delivered', status: 200 }],
      })
    },
  )
})

it('nothing of an address, a secret or an answer stands in the log or the list', async () => {
  const { ada, at, deliver, workspace } = suite()
  await outcome(at('/sales?key=s3cret'))
  await outcome(at('/missing?key=s3cret'))
  await outcome(at('/html'))
  expect(deliver.output()).not.toMatch(/s3cret|example\.test|whsec_|secret of the page/)
  const { data } = await ada.supabase.rpc('list_destinations', { workspace_id: workspace })
  expect(JSON.stringify(data)).not.toMatch(/whsec_|secret of the page/)
})
