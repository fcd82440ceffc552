/*
 * The addresses in the audit log: what the platform saw, and apart from it what the request claims.
 */
import { describe, expect, it } from 'vitest'
import { actAs, service } from '../../support/database/act.ts'
import { lastEntry, renameOurs, setHeaders } from '../../support/database/audit-log.ts'
import { policySuite } from '../../support/database/policy-suite.ts'
import { admin, ids, member, ours } from '../../support/people/cast.ts'

const story = policySuite()

const [seen, claimed] = ['203.0.113.7', '192.0.2.1']
const behindProxy =
  "update private.operator_settings set client_address_from = 'x-forwarded-for-last' where is_only"

describe('the address of a request', () => {
  it.each<[string, Record<string, string>, string | null, string | null]>([
    ['is what the platform saw', { 'cf-connecting-ip': seen }, seen, null],
    [
      'stays that when another is claimed',
      { 'cf-connecting-ip': seen, 'x-forwarded-for': `${claimed}, ${seen}` },
      seen,
      claimed,
    ],
    [
      'is claimed only where it is another',
      { 'cf-connecting-ip': seen, 'x-forwarded-for': `${seen}` },
      seen,
      null,
    ],
    ['is unknown where only a claim is there', { 'x-forwarded-for': `${claimed}, ${seen}` }, null, claimed],
    [
      'is not taken from a claim that is none',
      { 'cf-connecting-ip': seen, 'x-forwarded-for': 'unknown, 1.2' },
      seen,
      null,
    ],
  ])('%s', (_, headers, ip, claimed_ip) =>
    story(async (client) => {
      await setHeaders(client, JSON.stringify(headers))
      await renameOurs(client, admin)
      expect(await lastEntry(client)).toMatchObject({ ip, claimed_ip })
    })(),
  )

  it.each([
    ['the last of a list', `${claimed}, 10.0.0.1, ${seen}`, seen, claimed],
    ['the only one', seen, seen, null],
    ['nothing that is no address', `${claimed}, `, null, claimed],
  ])('behind a proxy is %s', (_, forwarded, ip, claimed_ip) =>
    story(async (client) => {
      await client.query(behindProxy)
      await setHeaders(
        client,
        JSON.stringify({ 'x-forwarded-for': forwarded, 'cf-connecting-ip': '198.51.100.9' }),
      )
      await renameOurs(client, admin)
      expect(await lastEntry(client)).toMatchObject({ ip, claimed_ip })
    })(),
  )

  it(
    'is erased with the account, both of it',
    story(async (client) => {
      const headers = { 'cf-connecting-ip': seen, 'x-forwarded-for': `${claimed}, ${seen}` }
      await setHeaders(client, JSON.stringify(headers))
      await renameOurs(client, admin)
      await actAs(client, admin, 'select public.delete_workspace($1, $2)', [ours, 'Renamed'])
      const trail = () =>
        client.query('select host(ip) as ip, host(claimed_ip) as claimed_ip from private.deleted_workspaces')
      expect((await trail()).rows).toEqual([{ ip: seen, claimed_ip: claimed }])
      await client.query('select private.scrub_audit_of($1)', [ids.member])
      expect((await trail()).rows).toEqual([{ ip: seen, claimed_ip: claimed }])
      await client.query('select private.scrub_audit_of($1)', [ids.admin])
      expect((await trail()).rows).toEqual([{ ip: null, claimed_ip: null }])
    }),
  )

  it.each([
    ['of what the platform saw', seen, null],
    ['of a claim', null, claimed],
  ])('is erased in the trail of a deletion that knows %s alone', (_, ip, claimedIp) =>
    story(async (client) => {
      await client.query(
        `insert into private.deleted_workspaces (
           workspace_id, name, plan_type, member_count, deleted_by, ip, claimed_ip)
         values ('WK-GONE00001', 'Gone', 'free', 1, $1, $2, $3)`,
        [ids.admin, ip, claimedIp],
      )
      const trail = async () =>
        (
          await client.query(
            'select host(ip) as ip, host(claimed_ip) as claimed from private.deleted_workspaces',
          )
        ).rows
      expect(await trail()).toEqual([{ ip, claimed: claimedIp }])
      await client.query('select private.scrub_audit_of($1)', [ids.admin])
      expect(await trail()).toEqual([{ ip: null, claimed: null }])
    })(),
  )

  it(
    'is erased in the log where only a claim was there',
    story(async (client) => {
      await setHeaders(client, JSON.stringify({ 'x-forwarded-for': claimed }))
      await renameOurs(client, admin)
      await client.query('select private.scrub_audit_of($1)', [ids.admin])
      expect(await lastEntry(client)).toMatchObject({ actor_id: ids.admin, claimed_ip: null })
    }),
  )

  it(
    'is told apart to readers of the log',
    story(async (client) => {
      await setHeaders(client, JSON.stringify({ 'cf-connecting-ip': seen, 'x-forwarded-for': claimed }))
      await renameOurs(client, admin)
      const { rows } = await actAs(client, admin, 'select public.list_audit_log($1) as page', [ours])
      expect(rows[0]?.page.entries[0]).toMatchObject({ ip: seen, claimedIp: claimed })
      const { rows: exported } = await actAs(client, admin, "select public.export_my_data('audit') as data")
      expect(exported[0]?.data.rows.at(-1)).toMatchObject({ ip: seen, claimedIp: claimed })
    }),
  )
})

describe('the setting', () => {
  it(
    'is one row with a known value',
    story(async (client) => {
      expect((await client.query('select * from private.operator_settings')).rows).toEqual([
        { is_only: true, client_address_from: 'cf-connecting-ip', api_url: null, request_ports: [] },
      ])
      for (const sql of [
        'insert into private.operator_settings default values',
        'insert into private.operator_settings (is_only) values (false)',
        "update private.operator_settings set client_address_from = 'x-real-ip'",
        ...['{0}', '{65536}', '{443,null}'].map(
          (ports) => `update private.operator_settings set request_ports = '${ports}'`,
        ),
      ]) {
        await client.query('savepoint before')
        await expect(client.query(sql)).rejects.toMatchObject({
          code: expect.stringMatching(/^23(505|514)$/),
        })
        await client.query('rollback to before')
      }
    }),
  )

  it(
    'is no role’s of the API to read or change',
    story(async (client) => {
      for (const actor of [member, service])
        for (const sql of ['select from private.operator_settings', behindProxy])
          await expect(actAs(client, actor, sql)).rejects.toMatchObject({ code: '42501' })
    }),
  )
})
