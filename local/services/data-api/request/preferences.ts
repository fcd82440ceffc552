import type { Preferences } from './request.ts'

type Known = Omit<Preferences, 'invalid'>

/** Of every kind the first counts. `timezone` and `max-affected` take any value, and are read on their own. */
const known = new Map<string, Known>([
  ['resolution=merge-duplicates', { resolution: 'merge-duplicates' }],
  ['resolution=ignore-duplicates', { resolution: 'ignore-duplicates' }],
  ['return=representation', { representation: 'representation' }],
  ['return=minimal', { representation: 'minimal' }],
  ['return=headers-only', { representation: 'headers-only' }],
  ['count=exact', { count: 'exact' }],
  ['count=planned', { count: 'planned' }],
  ['count=estimated', { count: 'estimated' }],
  ['tx=commit', { transaction: 'commit' }],
  ['tx=rollback', { transaction: 'rollback' }],
  ['missing=default', { missing: 'default' }],
  ['missing=null', { missing: 'null' }],
  ['handling=strict', { handling: 'strict' }],
  ['handling=lenient', { handling: 'lenient' }],
])

/** @param header of several headers the values joined by commas */
export function readPreferences(header: string | null): Preferences {
  if (header === null) return { invalid: [] }
  let preferences: Known = {}
  const invalid: string[] = []
  for (const part of header.split(',')) {
    const preference = part.trim()
    const read = known.get(preference) ?? readValued(preference)
    if (read) preferences = { ...read, ...preferences }
    else invalid.push(preference)
  }
  return { ...preferences, invalid }
}

function readValued(preference: string): Known | undefined {
  if (preference.startsWith('timezone=')) return { timezone: preference.slice('timezone='.length) }
  if (!preference.startsWith('max-affected=')) return undefined
  const value = preference.slice('max-affected='.length).trim()
  return integer.test(value) ? { maxAffected: Number(value) } : {}
}

const integer = /^-?\d{1,19}$/
