/*
 * What a request to read wants of the database: its names looked up, its parameters put where they belong. No database
 * is asked.
 */
import { describe, expect, it } from 'vitest'
import { codeOf, planOf, readOf } from './cinema.ts'

const field = (name: string, more: object = {}) => ({
  name,
  path: [],
  isJson: false,
  isSearchable: false,
  formatter: undefined,
  ...more,
})

describe('outputs', () => {
  it('are everything where nothing is selected', async () => {
    const read = await readOf('/films')
    expect(read.outputs).toEqual([{ kind: 'all' }])
    expect(read.source).toEqual({ kind: 'relation', name: { schema: 'public', name: 'films' } })
  })

  it('are called by their alias, the last key of their path, or themselves', async () => {
    const { outputs } = await readOf('/films?select=id,called:title,data->a->>b,data->0,c:data->>d::int')
    expect(outputs.map((output) => 'name' in output && output.name)).toEqual([
      'id',
      'called',
      'b',
      'data',
      'c',
    ])
  })

  it('step into what is JSON as it is', async () => {
    const { outputs } = await readOf('/films?select=data->a,title->a')
    expect(outputs.map((output) => output.kind === 'field' && output.field.isJson)).toEqual([true, false])
  })

  it('may be computed', async () => {
    const { outputs } = await readOf('/directors?select=initials')
    expect(outputs).toEqual([
      {
        kind: 'field',
        name: 'initials',
        field: field('initials', { isSearchable: true, routine: { schema: 'public', name: 'initials' } }),
      },
    ])
  })

  it('leave to Postgres what the schema does not know', async () => {
    const { outputs } = await readOf('/films?select=nothing')
    expect(outputs).toEqual([
      { kind: 'field', name: 'nothing', field: field('nothing', { isSearchable: true }) },
    ])
  })

  it('name every column where one is answered in a form of its own', async () => {
    const { outputs } = await readOf('/directors')
    expect(outputs.map((output) => 'name' in output && output.name)).toEqual(['id', 'name', 'mentor', 'tint'])
    expect(outputs.at(-1)).toMatchObject({ field: { formatter: { schema: 'public', name: 'color_json' } } })
  })

  it('may be aggregates, which are off unless they are on', async () => {
    const path = '/films?select=director,id.sum()::text,count()'
    expect((await readOf(path)).outputs).toMatchObject([
      { name: 'director' },
      { name: 'sum', aggregate: { name: 'sum', cast: 'text' } },
      { kind: 'count', name: 'count' },
    ])
    expect(await codeOf(readOf(path, { aggregates: false }))).toBe('PGRST123')
  })
})

describe('embeds', () => {
  it('lead from many to one by a key, which a hint, its name or its column tells', async () => {
    for (const embed of ['directors!director(*)', 'directors!films_director_fkey(*)', 'director(*)']) {
      const { embeds } = await readOf(`/films?select=id,${embed}`)
      expect(embeds).toMatchObject([
        { isToOne: true, isInner: false, isSpread: false, pairs: [{ parent: 'director', child: 'id' }] },
      ])
    }
  })

  it('lead from one to many', async () => {
    const { embeds } = await readOf('/directors?select=id,written:films!writer!inner(title)')
    expect(embeds).toMatchObject([{ name: 'written', relationName: 'films', isToOne: false, isInner: true }])
    expect(embeds[0]?.pairs).toEqual([{ parent: 'id', child: 'writer' }])
  })

  it('lead through a junction', async () => {
    const { embeds } = await readOf('/films?select=id,actors(name)')
    expect(embeds[0]?.pairs).toEqual([{ parent: 'id', child: 'film' }])
    expect(embeds[0]?.junction?.onward).toEqual([{ parent: 'actor', child: 'id' }])
  })

  it('lead from a table to itself, by its name to the many and by the column to the one', async () => {
    const { embeds } = await readOf('/directors?select=id,directors(name),mentor(name)')
    expect(embeds.map(({ isToOne, pairs }) => ({ isToOne, pairs }))).toEqual([
      { isToOne: false, pairs: [{ parent: 'id', child: 'mentor' }] },
      { isToOne: true, pairs: [{ parent: 'mentor', child: 'id' }] },
    ])
  })

  it('lead through a function over the row', async () => {
    const { embeds } = await readOf('/directors?select=id,best(title)')
    expect(embeds).toMatchObject([
      { isToOne: true, pairs: [], read: { source: { kind: 'computed', routine: { name: 'best' } } } },
    ])
  })

  it('have names of their own on every level', async () => {
    const { embeds } = await readOf('/directors?select=films!director(roles(actors(roles(films(id)))))')
    const aliases: string[] = []
    for (let level = embeds; level[0]; level = level[0].read.embeds)
      aliases.push(level[0].alias, level[0].read.alias)
    expect(new Set(aliases).size).toBe(10)
  })

  it('may be aggregated where they are one row, or stay apart, and hidden as often as one likes', async () => {
    expect((await readOf('/films?select=id,...directors!director(id.sum())')).embeds).toHaveLength(1)
    expect((await readOf('/directors?select=id,films!director(id.sum())')).embeds).toHaveLength(1)
    expect((await readOf('/films?select=id,roles(),roles()')).embeds).toHaveLength(2)
  })

  it('and aggregates have the columns beside them named', async () => {
    const { outputs } = await readOf('/actors?select=*,count()')
    expect(outputs.map(({ kind }) => kind)).not.toContain('all')
    expect(outputs.at(-1)).toMatchObject({ kind: 'count', name: 'count' })
  })

  it('show nothing where nothing is asked of them', async () => {
    const { embeds } = await readOf('/films?select=id,roles(),actors(roles()),more:roles(name)')
    expect(embeds.map(({ isShown }) => isShown)).toEqual([false, false, true])
  })

  it('name their columns where they are spread', async () => {
    const { embeds } = await readOf('/films?select=id,...directors!director(*)')
    expect(embeds[0]?.read.outputs.map((output) => 'name' in output && output.name)).toEqual([
      'id',
      'name',
      'mentor',
      'tint',
    ])
  })

  it.each([
    ['/films?select=nothing(*)', 'PGRST200'],
    ['/films?select=notes(*)', 'PGRST200'],
    ['/films?select=directors!nothing(*)', 'PGRST200'],
    ['/films?select=directors(*)', 'PGRST201'],
    ['/directors?select=...films!director(id.sum())', 'PGRST127'],
    ['/films?select=directors!director(id),directors!writer(id)', '42712'],
    ['/films?select=...directors!director(id),...directors!writer(name)', '42712'],
    ['/films?select=who:directors!director(id),who:directors!writer(id)', '42712'],
    ['/nothing', 'PGRST205'],
  ])('%s is refused with %s', async (path, code) => {
    expect(await codeOf(readOf(path))).toBe(code)
  })
})

describe('conditions', () => {
  it('go to the embed that is called so, else to that of the relation', async () => {
    const { embeds } = await readOf(
      '/films?select=id,roles(name),cast:roles(name)&roles.name=eq.a&cast.name=eq.b&id=eq.1',
    )
    expect(embeds.map(({ read }) => read.conditions)).toMatchObject([
      [{ operation: { value: 'a' } }],
      [{ operation: { value: 'b' } }],
    ])
    const { embeds: aliased } = await readOf('/films?select=cast:roles(name)&roles.name=eq.a')
    expect(aliased[0]?.read.conditions).toHaveLength(1)
  })

  it('ask of an embed whether it is empty', async () => {
    const paths = ['roles=is.null', 'roles=not.is.null', 'roles=is.not_null', 'or=(roles.is.null,id.eq.1)']
    const found = await Promise.all(paths.map((path) => readOf(`/films?select=id,roles()&${path}`)))
    expect(found.map(({ conditions }) => conditions[0])).toMatchObject([
      { kind: 'empty', isNegated: false },
      { kind: 'empty', isNegated: true },
      { kind: 'empty', isNegated: true },
      { kind: 'logic', conditions: [{ kind: 'empty', isNegated: false }, { kind: 'filter' }] },
    ])
  })

  it('are about the column where an embed is called as one', async () => {
    const { conditions } = await readOf('/films?select=id,director(*)&director=eq.1')
    expect(conditions).toMatchObject([{ kind: 'filter', field: { name: 'director' } }])
  })

  it('read values of a domain as it says, and know what is searched as it is', async () => {
    const { conditions } = await readOf('/directors?tint=eq.red')
    expect(conditions).toMatchObject([{ field: { parser: { name: 'color_of_text' } } }])
    const searches = await readOf('/films?words=fts.a&title=fts.a')
    expect(searches.conditions).toMatchObject([
      { field: { isSearchable: true } },
      { field: { isSearchable: false } },
    ])
  })

  it.each([
    ['/films?select=id&roles.name=eq.a', 'PGRST108'],
    ['/films?select=id&roles.order=name', 'PGRST108'],
    ['/films?select=id&roles.limit=1', 'PGRST108'],
    ['/films?select=id,roles(name)&roles=eq.a', 'PGRST120'],
    ['/films?select=id,roles(name)&roles=eq.null', 'PGRST120'],
    ['/films?select=id,roles(name)&roles=is.true', 'PGRST120'],
    ['/films?select=id&order=roles(name)', 'PGRST108'],
    ['/films?select=id,roles(name)&order=roles(name)', 'PGRST118'],
  ])('%s is refused with %s', async (path, code) => {
    expect(await codeOf(readOf(path))).toBe(code)
  })
})

describe('order and ranges', () => {
  it('sort by a column of a row that is led to', async () => {
    const { order } = await readOf('/films?select=id,director(*)&order=director(name).desc.nullslast,id')
    expect(order).toMatchObject([
      { field: { name: 'name' }, embed: { name: 'director' }, direction: 'desc', nulls: 'last' },
      { field: { name: 'id' } },
    ])
    expect(order[1]).not.toHaveProperty('embed')
  })

  it('hold every level to the most rows, but for what is one row anyway', async () => {
    const read = await readOf(
      '/films?select=id,director(*),roles(*),cast:roles(*)&cast.limit=5&roles.limit=5000',
    )
    expect([read.limit, ...read.embeds.map((embed) => embed.read.limit)]).toEqual([1000, null, 1000, 5])
    const { embeds } = await readOf('/films?select=id,director(*)&director.limit=5000')
    expect(embeds[0]?.read.limit).toBe(1000)
  })

  it('are as they are asked for where there is no most', async () => {
    const read = await readOf('/films?select=id,roles(*)&offset=3&roles.limit=2&roles.offset=1', {
      maxRows: null,
    })
    expect([read.limit, read.offset]).toEqual([null, 3])
    expect(read.embeds[0]?.read).toMatchObject({ limit: 2, offset: 1 })
  })

  it.each([
    ['0-9', { offset: 0, limit: 10 }],
    ['5-', { offset: 5, limit: 1000 }],
    ['x', { offset: 0, limit: 1000 }],
  ])('Range: %s', async (range, expected) => {
    const { read } = await planOf('/films', { headers: { range } })
    expect(read).toMatchObject(expected)
  })

  it('Range is nothing to HEAD', async () => {
    const { read } = await planOf('/films', { method: 'HEAD', headers: { range: '0-9' } })
    expect(read).toMatchObject({ offset: 0, limit: 1000 })
  })
})

describe('forms', () => {
  it.each([
    ['*/*', { kind: 'array', stripsNulls: false }],
    ['application/json', { kind: 'array', stripsNulls: false }],
    ['application/vnd.pgrst.object+json', { kind: 'object', stripsNulls: false }],
    ['application/vnd.pgrst.array+json;nulls=stripped', { kind: 'array', stripsNulls: true }],
    ['application/vnd.pgrst.object;nulls=stripped', { kind: 'object', stripsNulls: true }],
    ['text/csv', { kind: 'csv' }],
    ['image/png, text/csv;q=0.1, application/json;q=0.5', { kind: 'array' }],
    ['text/x-any', { kind: 'handler', handler: { routine: { name: 'any_agg' } } }],
    ['application/x.films', { kind: 'handler', handler: { routine: { name: 'films_agg' } } }],
  ])('%s', async (accept, expected) => {
    expect((await planOf('/films', { headers: { accept } })).representation).toMatchObject(expected)
  })

  it('of rows of another table, or of a part of them, are not those of a handler', async () => {
    const headers = { accept: 'application/x.films' }
    expect(await codeOf(planOf('/actors', { headers }))).toBe('PGRST107')
    expect(await codeOf(planOf('/films?select=id', { headers }))).toBe('PGRST107')
  })

  it('are none to HEAD, which says what they would be', async () => {
    const { representation } = await planOf('/films', { method: 'HEAD', headers: { accept: 'text/csv' } })
    expect(representation).toEqual({ kind: 'none', contentType: 'text/csv; charset=utf-8' })
  })
})

it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
  '%s is a name like any other',
  async (name) => {
    expect(await codeOf(readOf(`/${name}`))).toBe('PGRST205')
    expect(await codeOf(readOf(`/films?select=${name}(*)`))).toBe('PGRST200')
    expect(await codeOf(readOf(`/films?${name}.id=eq.1`))).toBe('PGRST108')
    expect(await codeOf(planOf(`/rpc/${name}`))).toBe('PGRST202')
    expect((await readOf(`/films?select=${name}`)).outputs).toMatchObject([
      { name, field: { isJson: false } },
    ])
  },
)
