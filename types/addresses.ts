import { invisible } from './characters.ts'

/** What a browser might follow to somebody's server, or run: private.holds_address. */
const address = /\/\/|\b(?:https?|ftp|data|mailto|blob|file):\S|\b(?:java|vb)script:|\bwww[.]/i
const unseen = new RegExp(`\\\\(?:[bfnrt]|u00[01][0-9a-f])|[${invisible}]`, 'gu')

/** Whether a document holds such an address, in any text or key. */
export const holdsAddress = (document: unknown) =>
  address.test(JSON.stringify(document).replaceAll('\\\\', '/').replace(unseen, ''))
