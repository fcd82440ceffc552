import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import type { FunctionConfig } from '../../config/index.ts'
import { messageOf } from '../../stack/index.ts'
import { mainModule, namingFile, runArguments } from './deno.ts'
import type { FunctionLimits } from './limits.ts'
import type { Ending } from './link.ts'
import { readLines } from './log-lines.ts'
import { type Restraint, restrain } from './restraint.ts'
import { serverAt } from './socket.ts'

export interface FunctionProcessOptions {
  root: string
  config: FunctionConfig
  /** The program. */
  deno: string
  env: Record<string, string>
  limits: FunctionLimits
  /** Takes lines for a person: the function's own, and why its process ended. */
  log(line: string): void
}

/** One process of a function, held to its limits. */
export class FunctionProcess {
  readonly id = crypto.randomUUID()
  readonly socketPath: string
  /** Resolves when it takes requests, or has ended. */
  readonly ready: Promise<void>
  /** Resolves with the reason when it has ended. */
  readonly ended: Promise<Ending>

  readonly #limits: FunctionLimits
  readonly #child: ChildProcess
  readonly #timers: NodeJS.Timeout[] = []
  #running = 0
  #isReady = false
  #isRetired = false
  #isAskedToEnd = false
  #restraint: Restraint | undefined
  /** What it was killed for. */
  #excess: string | undefined
  #ending: Ending | undefined

  constructor({ root, config, deno, env, limits, log }: FunctionProcessOptions) {
    const source = readFileSync(config.entrypoint, 'utf8')
    const directory = mkdtempSync(join(tmpdir(), 'function-'))
    this.socketPath = join(directory, 'socket')
    this.#limits = limits
    this.#child = spawn(deno, runArguments(root, config, directory), {
      cwd: dirname(config.entrypoint),
      env: { ...env, FUNCTION_SOCKET: this.socketPath },
      stdio: 'pipe',
    })
    const say = (line: string) => log(namingFile(stripVTControlCharacters(line), root, config))
    const { promise, resolve } = Promise.withResolvers<Ending>()
    this.ended = promise
    const end = (how: string) => {
      if (this.#ending) return
      const sentence = this.#conclude(how)
      if (sentence) say(sentence)
      rmSync(directory, { recursive: true, force: true })
      resolve(this.#ending ?? 'error')
    }
    const { stdin, stdout, stderr } = this.#child
    if (stdout) readLines(stdout, say)
    if (stderr) readLines(stderr, say)
    this.#child.once('error', (error) => end(messageOf(error)))
    this.#child.once('close', (code, signal) => end(signal ?? `exit code ${code}`))
    // A process that fails at once does not read.
    stdin?.on('error', () => undefined)
    stdin?.end(mainModule(source))

    this.#endAfter(limits.wallClockMilliseconds, 'lived')
    this.ready = this.#start()
  }

  /** Why it has ended; undefined as long as it lives. */
  get ending(): Ending | undefined {
    return this.#ending
  }

  /** A request begins. One that finds nobody working has the CPU time of its own. */
  enter(): void {
    if (this.#running === 0) this.#restraint?.renew()
    this.#running += 1
  }

  /** A request has ended; `answered`: in full. */
  leave(answered: boolean): void {
    this.#running -= 1
    if (answered) this.#restraint?.renew()
    this.#endWhenFree()
  }

  /** Lets it end what it works on, and then itself; the caller brings no more requests. */
  retire(): void {
    if (this.#isRetired || this.#ending) return
    this.#isRetired = true
    this.#endAfter(this.#limits.retirementMilliseconds, 'gone on after it was replaced for')
    this.#endWhenFree()
  }

  /** Ends it, and waits no longer than that. */
  async stop(graceMilliseconds: number): Promise<void> {
    this.#askToEnd()
    this.#timers.push(setTimeout(() => this.#child.kill('SIGKILL'), graceMilliseconds))
    await this.ended
  }

  async #start(): Promise<void> {
    const { bootMilliseconds } = this.#limits
    const late = this.#endAfter(bootMilliseconds, 'not called Deno.serve for')
    await serverAt(this.socketPath, () => this.#ending !== undefined)
    clearTimeout(late)
    if (this.#ending) return
    this.#isReady = true
    this.#restraint = restrain(this.#child.pid ?? 0, this.#limits, (what) => this.#kill(`used ${what}`))
  }

  #endAfter(milliseconds: number, what: string): NodeJS.Timeout {
    const timer = setTimeout(() => this.#kill(`${what} ${milliseconds / 1000} s`), milliseconds)
    this.#timers.push(timer)
    return timer
  }

  #endWhenFree(): void {
    if (this.#isRetired && this.#running === 0) this.#askToEnd()
  }

  #askToEnd(): void {
    this.#isAskedToEnd = true
    this.#child.kill('SIGTERM')
  }

  #kill(excess: string): void {
    this.#excess ??= excess
    this.#child.kill('SIGKILL')
  }

  /** Settles why it has ended, and says what a person should know of it. */
  #conclude(how: string): string | undefined {
    this.#restraint?.stop()
    for (const timer of this.#timers) clearTimeout(timer)
    if (!this.#isReady) this.#ending = 'boot'
    else this.#ending = this.#excess ? 'limit' : 'error'
    if (this.#excess) return `The process was ended: it has ${this.#excess}.`
    if (this.#isAskedToEnd) return undefined
    if (this.#isReady) return `The process ended by itself: ${how}.`
    return `The process did not start: ${how === 'exit code 0' ? 'Deno.serve was not called' : how}.`
  }
}
