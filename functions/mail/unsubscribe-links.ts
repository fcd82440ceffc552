import { Buffer } from 'node:buffer'
import { createHmac, timingSafeEqual } from 'node:crypto'
import * as z from 'zod'

/** Who unsubscribes from what. */
export interface Unsubscription {
  userId: string
  kind: string
}

/** Makes and reads what stands in a link: it counts for one person and kind, without an end, as mails stay about. */
export interface UnsubscribeLinks {
  tokenFor(unsubscription: Unsubscription): string
  /** Undefined for what this server has not signed. */
  read(token: string): Unsubscription | undefined
}

const contentSchema = z.tuple([z.guid(), z.string()])
const longestToken = 500

export function createUnsubscribeLinks(secret: string): UnsubscribeLinks {
  const signatureOf = (content: string) =>
    createHmac('sha256', secret).update(`unsubscribe.${content}`).digest('base64url')
  return {
    tokenFor({ userId, kind }) {
      const content = Buffer.from(JSON.stringify([userId, kind])).toString('base64url')
      return `${content}.${signatureOf(content)}`
    },
    read(token) {
      if (token.length > longestToken) return undefined
      const [content = '', signature = ''] = token.split('.')
      const [given, wanted] = [Buffer.from(signature), Buffer.from(signatureOf(content))]
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined
      const [userId, kind] = contentSchema.parse(JSON.parse(Buffer.from(content, 'base64url').toString()))
      return { userId, kind }
    },
  }
}
