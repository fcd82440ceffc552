/** Reads a part; undefined where it is none. Whoever has moved on by then has failed, and the whole text with it. */
export type Rule<Value> = (cursor: Cursor) => Value | undefined

/** Why nothing goes on at a place of the text. */
interface Failure {
  at: number
  /** What stood there, as it is shown; those that were looked for and must not be win. */
  unexpected: string
  isRefused: boolean
  expected: readonly string[]
}

/**
 * A place in a text that moves on. The first reading only reads; a second one, of a text that could not be read, also
 * notes what was expected where, and by the rules of parser combinators: what was read is forgotten with the next
 * character taken, an attempt that failed counts as far as it came, and the furthest wins.
 */
export class Cursor {
  readonly text: string
  at = 0
  readonly explains: boolean
  #failure: Failure | undefined

  constructor(text: string, { explains = false } = {}) {
    this.text = text
    this.explains = explains
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length
  }

  /** The code of the next character; NaN at the end. */
  get code(): number {
    return this.text.charCodeAt(this.at)
  }

  get failure(): Failure | undefined {
    return this.#failure
  }

  moveTo(at: number): void {
    this.at = at
    this.#failure = undefined
  }

  /** Takes a character. */
  char(char: string, label?: string): boolean {
    if (this.text.charCodeAt(this.at) === char.charCodeAt(0)) {
      this.moveTo(this.at + 1)
      return true
    }
    if (this.explains) this.expect(label ?? shown(char))
    return false
  }

  /** Takes a word, or nothing of it. */
  word(word: string): boolean {
    if (this.text.startsWith(word, this.at)) {
      this.moveTo(this.at + word.length)
      return true
    }
    if (this.explains) this.#note(this.at + this.#shared(word), [shown(word)])
    return false
  }

  /** Takes a word whose first character decides: with half of it the text has failed. */
  decidedWord(word: string): boolean {
    if (this.word(word)) return true
    this.at += this.#shared(word)
    return false
  }

  /** Whether the next character is this one. */
  sees(char: string): boolean {
    if (this.text.charCodeAt(this.at) === char.charCodeAt(0)) return true
    if (this.explains) this.expect(shown(char))
    return false
  }

  seesEnd(): boolean {
    if (this.isAtEnd) return true
    if (this.explains) this.refuse(this.at, ['end of input'])
    return false
  }

  skipSpace(): void {
    let at = this.at
    for (let code = this.code; code === 32 || code === 9; code = this.text.charCodeAt(at)) at += 1
    if (at !== this.at) this.moveTo(at)
  }

  /** Without a label: something else was expected, and what is told by others. */
  expect(...labels: string[]): undefined {
    if (this.explains) this.#note(this.at, labels)
    return undefined
  }

  /** What stands here must not: with no place given, the next character. */
  refuse(at: number, expected: readonly string[] = []): void {
    if (!this.explains) return
    const char = String.fromCodePoint(this.text.codePointAt(this.at) ?? 0)
    this.#merge({ at, unexpected: shownChar(char), isRefused: true, expected })
  }

  /** Reads, or stays where it was. */
  attempt<Value>(rule: Rule<Value>): Value | undefined {
    const { at } = this
    const before = this.#failure
    const value = rule(this)
    if (value !== undefined || this.at === at) return value
    this.at = at
    const failure = this.#failure
    this.#failure = before
    if (failure) this.#merge(failure)
    return undefined
  }

  /** What is not there is null; undefined where it began and failed. */
  optional<Value>(rule: Rule<Value>): Value | null | undefined {
    const { at } = this
    const value = rule(this)
    return value === undefined && this.at === at ? null : value
  }

  /** Names what was expected, unless the rule has moved on. */
  labelled<Value>(label: string, rule: Rule<Value>): Value | undefined {
    if (!this.explains) return rule(this)
    const { at } = this
    const before = this.#failure
    this.#failure = undefined
    const value = rule(this)
    if (this.at !== at) return value
    const failure = this.#failure as Failure | undefined
    this.#failure = before
    if (failure) this.#merge({ ...failure, expected: [label] })
    return value
  }

  #note(unexpectedAt: number, expected: readonly string[]): void {
    const code = this.text.codePointAt(unexpectedAt)
    const unexpected = code === undefined ? '' : shown(String.fromCodePoint(code))
    this.#merge({ at: this.at, unexpected, isRefused: false, expected })
  }

  #merge(failure: Failure): void {
    const known = this.#failure
    if (!known || failure.at > known.at) {
      this.#failure = failure
      return
    }
    if (failure.at < known.at) return
    const wins = failure.isRefused && !known.isRefused ? failure : known
    this.#failure = { ...wins, expected: [...known.expected, ...failure.expected] }
  }

  /** How many characters the text has in common with a word. */
  #shared(word: string): number {
    let length = 0
    while (length < word.length && this.text[this.at + length] === word[length]) length += 1
    return length
  }
}

function shown(text: string): string {
  return `"${[...text].map((char) => escaped(char, '"')).join('')}"`
}

function shownChar(char: string): string {
  return `'${escaped(char, "'")}'`
}

const escapes = new Map([
  ['\n', '\\n'],
  ['\t', '\\t'],
  ['\r', '\\r'],
  ['\\', '\\\\'],
])

function escaped(char: string, quote: string): string {
  const code = char.codePointAt(0) ?? 0
  if (char === quote) return `\\${char}`
  return escapes.get(char) ?? (code < 32 || code > 126 ? `\\${code}` : char)
}
