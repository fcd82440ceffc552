import type pg from 'pg'
import {
  conversationListSchema,
  conversationSchema,
  foundMessagesSchema,
  storedConversationSchema,
} from '../../../types/conversations.ts'
import { member, ours } from '../people/cast.ts'
import type { Actor } from './act.ts'
import { call } from './call.ts'

// Conversations as their functions give them; of `ours`, and of the member where nobody is named.

export const list = async (client: pg.Client, actor: Actor = member, ...more: unknown[]) =>
  conversationListSchema.parse(await call(client, actor, 'list_conversations', [ours, ...more]))

export const read = async (
  client: pg.Client,
  conversation: string,
  actor: Actor = member,
  ...more: unknown[]
) =>
  storedConversationSchema.parse(await call(client, actor, 'get_conversation', [ours, conversation, ...more]))

export const update = async (client: pg.Client, conversation: string, patch: object, actor: Actor = member) =>
  conversationSchema.parse(await call(client, actor, 'update_conversation', [ours, conversation, patch]))

export const search = async (client: pg.Client, words: string, actor: Actor = member, workspace = ours) =>
  foundMessagesSchema.parse(await call(client, actor, 'search_conversations', [workspace, words]))
