import type pg from 'pg'
import { type Found, type SearchKind, searchAnswerSchema } from '../../../types/search.ts'
import { ours, viewer } from '../people/cast.ts'
import type { Actor } from './act.ts'
import { call } from './call.ts'

/** Searches as an actor, in `ours` unless it says otherwise. */
export async function search(
  client: pg.Client,
  actor: Actor,
  query: unknown,
  kinds: SearchKind[] | null = null,
  limit = 50,
  workspaceId: string = ours,
): Promise<Found[]> {
  const answer = await call(client, actor, 'search', [workspaceId, query, kinds, limit])
  return searchAnswerSchema.parse(answer).results
}

/** The names of the views that a viewer finds. */
export const found = async (client: pg.Client, query: string) =>
  (await search(client, viewer, query, ['views'])).map(({ title }) => title)

/** What was found, as `kind title`, in its order. */
export const titles = (found: Found[]) => found.map(({ kind, title }) => `${kind} ${title}`)

/** The part of an excerpt that matched, in brackets. */
export const marked = ({ excerpt }: Pick<Found, 'excerpt'>) =>
  excerpt.map(({ text, isMatch }) => (isMatch ? `[${text}]` : text)).join('')

// The rules of a search once more, in words of their own: what docs/search.md says.

const fold = (text: string) =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{Mn}/gu, '')
    .toLowerCase()
const wordsOf = (text: string) => fold(text).match(/[\p{L}\p{N}]+/gu) ?? []
const withoutOne = (word: string) => [...word].map((_, index) => word.slice(0, index) + word.slice(index + 1))
const isForgiven = (word: string) => word.length > 2 && !/\d/.test(word)

/** Whether a word finds another; `forgiving`, one with a typo of its own. */
export function isFound(asked: string, word: string, forgiving: boolean): boolean {
  if (word === asked || (asked.length > 1 && word.startsWith(asked))) return true
  if (!isForgiven(asked)) return false
  const meets = (one: string, other: string) => (asked.length > 4 ? other.startsWith(one) : other === one)
  if (withoutOne(asked).some((one) => meets(one, word))) return true
  if (!forgiving || !isForgiven(word)) return false
  return [asked, ...withoutOne(asked)].some((one) => withoutOne(word).some((other) => meets(one, other)))
}

/** Whether a thing is found: by all words, each in one of its texts; those of `long` forgive no typo of their own. */
export function isMatch(query: string, lines: (string | null)[], long: (string | null)[] = []): boolean {
  const inLines = lines.flatMap((text) => wordsOf(text ?? ''))
  const inLong = long.flatMap((text) => wordsOf(text ?? ''))
  return wordsOf(query).every(
    (asked) =>
      inLines.some((word) => isFound(asked, word, true)) ||
      inLong.some((word) => isFound(asked, word, false)),
  )
}
