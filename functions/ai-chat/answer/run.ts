import { FunctionError } from '../../_shared/errors.ts'
import { type LinkFilter, withAllowedLinks } from '../links.ts'
import { createFence, type Fence } from '../prompt/fence.ts'
import { type AskModel, type Model, ModelFailedError, openModel } from '../provider/index.ts'
import { tools as allTools, callTool, type Tool, type ToolContext, toolDefinitions } from '../tools/index.ts'
import { modelCall } from './model-call.ts'
import { firstRoomOf, fitted, roomOf } from './room.ts'
import { mostEvents, oneRound, type Round } from './round.ts'
import { type Sent, sentTo } from './sent.ts'
import type { AnswerState } from './state.ts'
import type { FinalStatus } from './store.ts'
import type { AnswerWriter } from './writer.ts'

export interface RunOptions {
  ask: AskModel
  tools: readonly Tool[]
  toolContext: Pick<ToolContext, 'supabase' | 'workspaceId'>
  links: () => LinkFilter
  /** Milliseconds since the epoch: from `handOverAt` on no round begins here, and at `endAt` one is cut. */
  handOverAt: number
  endAt: number
}

export interface Ended {
  kind: 'ended'
  status: FinalStatus
  error: { code: string; message: string } | null
}

export type Outcome =
  | Ended
  /** There is no time left here for another round. */
  | { kind: 'to be handed over' }

const mostRounds = 8
/** Tools that were called in it would be read by nobody, so the model answers with what it has got. */
const lastRound = mostRounds - 1
const mostCallsOfRound = 8
const longestArguments = 4_000
const longestName = 100
/** All invocations together. */
const mostMilliseconds = 300_000

const full = {
  code: 'model_failed',
  message: 'The tools gave more than the model reads at once.',
  hint: 'Ask for less at once.',
}

/**
 * Asks the model, calls the tools that it asks for, and asks again, until it answers or something ends it. A provider
 * that broke off, a stop and a limit each end it in their way, with what came until then.
 */
export async function runAnswer(
  state: AnswerState,
  writer: AnswerWriter,
  options: RunOptions,
): Promise<Outcome> {
  const cut = new AbortController()
  const timer = setTimeout(() => cut.abort(), Math.max(0, options.endAt - Date.now()))
  const signal = AbortSignal.any([writer.signal, cut.signal])
  const fence = createFence(state.fenceNonce)
  let count = 0
  try {
    for (; ; state.round += 1) {
      if (state.round > 0) {
        if (Date.now() - state.startedAt > mostMilliseconds) return ended('incomplete')
        if (Date.now() >= options.handOverAt || count > mostEvents / 2) return { kind: 'to be handed over' }
        if (roomOf(asked(state), state).isFull) {
          writer.emit({ type: 'error', ...full })
          return ended('incomplete')
        }
        await writer.holdForNext(state.calls, state.inputTokens)
      }
      const round = await askOnce(state, writer, options, { signal, most: mostEvents - count })
      count += round.count
      const end = endOf(round, state, writer, signal)
      if (end) return end
      await callAll(round.calls, state, writer, options, { fence, signal })
      if (writer.stopReason) return endedFor(writer)
      if (signal.aborted) return ended('incomplete')
    }
  } catch (error) {
    if (writer.stopReason) return endedFor(writer)
    if (signal.aborted) return ended('incomplete')
    if (error instanceof ModelFailedError) return failed(writer, error.code, error.told)
    // Credits that were there for the first round, and are not for the next.
    if (error instanceof FunctionError && error.status === 402) {
      writer.emit({
        type: 'error',
        code: error.body.code,
        message: error.body.message,
        hint: error.body.hint,
      })
      return ended('incomplete')
    }
    throw error
  } finally {
    clearTimeout(timer)
  }
}

async function askOnce(
  state: AnswerState,
  writer: AnswerWriter,
  { ask, tools, links }: RunOptions,
  { signal, most }: { signal: AbortSignal; most: number },
): Promise<Round> {
  const usable = tools.filter(({ name }) => state.agentTools.includes(name))
  const definitions = toolDefinitions(usable)
  const { instructions, temperature, round: number } = state
  const first = asked(state)
  let sent: Sent = state
  const began = Date.now()
  const { model, events } = await openModel(ask, state.models, async (one) => {
    sent = await sentTo(one, state, definitions)
    const given = { ...state, ...sent }
    const { maxOutputTokens, mustAnswer } =
      number === 0
        ? await firstRoomOf(one, given, [
            instructions,
            ...[definitions, ...sent.turns].map((one) => JSON.stringify(one)),
          ])
        : roomOf(one, given)
    return {
      instructions,
      turns: sent.turns,
      tools: definitions,
      mustAnswer: number === lastRound || mustAnswer,
      temperature,
      maxOutputTokens,
      signal,
    }
  })
  if (model !== first) {
    const text = `*${first.title} did not answer, so this comes from ${model.title}.*\n\n`
    writer.emit({ type: 'text_delta', text })
    // The one that answers goes on, with what it was sent.
    state.models = state.models.slice(state.models.indexOf(model))
    Object.assign(state, sent)
  }
  const round = await oneRound(events, links(), (text) => writer.emit({ type: 'text_delta', text }), most)
  const isStopped = writer.stopReason === 'stopped'
  const call = await modelCall(round, { model, sent: sentBy(state), began, isStopped })
  state.calls.push(call)
  state.inputTokens = call.inputTokens + call.outputTokens
  if (round.text !== '') state.turns.push({ role: 'assistant', content: round.text })
  return round
}

/** What a call was sent, in one text. */
function sentBy({ instructions, turns, agentTools }: AnswerState): string {
  const sent = turns.map((turn) => ('content' in turn ? turn.content : JSON.stringify(turn)))
  const definitions = toolDefinitions(allTools.filter(({ name }) => agentTools.includes(name)))
  return [instructions, JSON.stringify(definitions), ...sent].join('\n')
}

/** How a round ended the answer; undefined where tools are to be called. */
function endOf(
  { end, text, calls, isCut }: Round,
  { round }: AnswerState,
  writer: AnswerWriter,
  signal: AbortSignal,
): Outcome | undefined {
  if (writer.stopReason) return endedFor(writer)
  if (signal.aborted || isCut || end === 'incomplete') return ended('incomplete')
  if (end === 'refused') {
    const refused = failed(writer, 'content_refused', 'The provider cut this answer.', 'Ask in other words.')
    return text !== '' ? { ...refused, status: 'incomplete' } : refused
  }
  if (end !== 'complete') {
    const broken = failed(writer, 'model_failed', 'The model broke off in its answer.')
    // What came is there to be continued.
    return end === null && text !== '' ? { ...broken, status: 'incomplete' } : broken
  }
  if (calls.length > 0 && round < lastRound) return undefined
  if (calls.length > 0 && text === '')
    return failed(writer, 'model_failed', 'The agent used its tools without coming to an answer.')
  // After tools there is what they showed.
  return text !== '' || round > 0
    ? ended('complete')
    : failed(writer, 'model_failed', 'The model said nothing.')
}

async function callAll(
  all: Round['calls'],
  state: AnswerState,
  writer: AnswerWriter,
  { tools, toolContext, links }: RunOptions,
  { fence, signal }: { fence: Fence; signal: AbortSignal },
): Promise<void> {
  const calls = all.slice(0, mostCallsOfRound)
  // What a model calls, and with what, is shown as well as what it says.
  const shown = (text: string) => withAllowedLinks(links(), text)
  for (const { callId, name, arguments: given } of calls) {
    writer.emit({
      type: 'tool_call',
      callId,
      name: shown(name.slice(0, longestName)),
      arguments: shown(given.slice(0, longestArguments)),
    })
    state.turns.push({ role: 'tool_call', callId, name, arguments: isObject(given) ? given : '{}' })
  }
  const usable = tools.filter(({ name }) => state.agentTools.includes(name))
  const context: ToolContext = {
    ...toolContext,
    emit: (part) => writer.emit(part),
    propose: (proposal) => writer.emit({ type: 'patch', proposalId: crypto.randomUUID(), ...proposal }),
    shown,
  }
  const results = await Promise.all(
    calls.map(async (call) => {
      const { output, isFailed } = await callTool(usable, call, { context, signal })
      const name = call.name.slice(0, longestName)
      writer.emit({
        type: 'tool_result',
        callId: call.callId,
        name: shown(name),
        isFailed,
        message: isFailed ? shown(output) : null,
      })
      return output
    }),
  )
  const { outputs, tokens } = await fitted(results, roomOf(asked(state), state).forTools)
  for (const [place, { callId, name }] of calls.entries())
    state.turns.push({
      role: 'tool_result',
      callId,
      output: fence.around(`from ${name.slice(0, longestName)}`, outputs[place] ?? ''),
    })
  state.inputTokens += tokens
}

/** Servers refuse the next round over arguments that are none; what was wrong with them is said by the result. */
function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}

/** The model that answers. */
function asked({ models: [model] }: AnswerState): Model {
  if (!model) throw new Error('An answer goes on without a model.')
  return model
}

/** How an answer ends that is given up. */
export function endedFor(writer: AnswerWriter): Ended {
  return ended(writer.stopReason === 'stopped' ? 'stopped' : 'incomplete')
}

function ended(status: FinalStatus): Ended {
  return { kind: 'ended', status, error: null }
}

function failed(writer: AnswerWriter, code: string, message: string, hint = 'Ask again in a moment.'): Ended {
  writer.emit({ type: 'error', code, message, hint })
  return { kind: 'ended', status: 'failed', error: { code, message } }
}
