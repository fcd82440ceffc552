import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

// Which characters are what, written out for the database and for zod from the Unicode data of the pinned Node: a
// browser, Node and Postgres know different versions of Unicode, and all must clean a name in the same way.

/** Scripts in which a joiner between two letters changes how they are drawn. */
const joinedScripts = [
  ...['Arabic', 'Syriac', 'Mongolian', 'Nko', 'Adlam'],
  ...['Devanagari', 'Bengali', 'Gurmukhi', 'Gujarati', 'Oriya', 'Tamil', 'Telugu', 'Kannada', 'Malayalam'],
  ...['Sinhala', 'Khmer', 'Myanmar'],
]
const ofJoinedScripts = new RegExp(
  `[${joinedScripts.map((script) => `\\p{Script=${script}}`).join('')}]|` +
    '(?=\\p{Script=Inherited})[\\p{Script_Extensions=Arabic}\\p{Script_Extensions=Devanagari}]',
  'u',
)

/** What counts only in its place, which private.clean_text knows: joiners, variation selectors and tags. */
const placed = /[\p{Join_Control}\p{Variation_Selector}\u{E0020}-\u{E007F}]/u
// The blank of Braille is a symbol by its properties, and draws nothing.
const invisible = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}\u2800]/u
const whiteSpace = /\p{White_Space}/u
const mayCluster = /(?!\p{Ideographic}|\p{Script=Hangul})[\p{M}\p{Cf}\p{Lo}\p{Emoji_Modifier}]/u

interface CharacterClass {
  name: string
  about: string
  has(character: string): boolean
}

/** What clients need too. */
const sharedClasses: CharacterClass[] = [
  {
    name: 'invisible',
    about: 'Draws nothing wherever it stands, or turns the direction of text; white space apart.',
    has: (c) => invisible.test(c) && !whiteSpace.test(c) && !placed.test(c),
  },
  { name: 'whiteSpace', about: 'White space.', has: (c) => whiteSpace.test(c) },
  { name: 'placed', about: 'Draws nothing, and has an effect in its place.', has: (c) => placed.test(c) },
  {
    name: 'joined',
    about: 'Letters and marks of the scripts that joiners are for.',
    has: (c) => /[\p{L}\p{M}]/u.test(c) && ofJoinedScripts.test(c) && !placed.test(c),
  },
  {
    name: 'pictographic',
    about: 'What emoji are joined from.',
    has: (c) => /\p{Extended_Pictographic}/u.test(c),
  },
  {
    name: 'textEmoji',
    about: 'Emoji that are drawn as text unless a selector follows; digits, # and * apart.',
    has: (c) => /[\p{Emoji}--\p{Emoji_Presentation}--[0-9#*]]/v.test(c),
  },
  {
    name: 'colorEmoji',
    about: 'Emoji that are drawn in color unless a selector follows.',
    has: isColorEmoji,
  },
  {
    name: 'ideograph',
    about: 'Ideographs, which have variants.',
    has: (c) => /\p{Unified_Ideograph}/u.test(c),
  },
  {
    name: 'mongolian',
    about: 'Letters of Mongolian, which have variants.',
    has: (c) => /[\p{Script=Mongolian}&&\p{L}]/v.test(c),
  },
  {
    name: 'extending',
    about: 'Belongs to what stands before it.',
    has: (c) => mayCluster.test(c) && isOneCluster(`a${c}`),
  },
]

/** What the database alone needs, to cut a text: how characters make one that a person sees. */
const clusterClasses: CharacterClass[] = [
  {
    name: 'prepended',
    about: 'Belongs to what stands behind it.',
    has: (c) => mayCluster.test(c) && isOneCluster(`${c}a`),
  },
  {
    name: 'linker',
    about: 'Binds the consonants on both sides.',
    has: (c) => /\p{M}/u.test(c) && isOneCluster(`\u0915${c}\u0915`),
  },
  {
    name: 'consonant',
    about: 'Consonants that a linker binds.',
    has: (c) => mayCluster.test(c) && !isOneCluster(`a${c}`) && isOneCluster(`\u0915\u094D${c}`),
  },
]

/** Scripts that put no space between words, or none that a reader could rely on. */
const unspacedScripts = [
  ...['Han', 'Hiragana', 'Katakana', 'Bopomofo', 'Hangul', 'Yi'],
  ...['Thai', 'Lao', 'Khmer', 'Myanmar', 'Tibetan'],
]
/** With the marks that some of them share; Bopomofo and Tibetan share accents with Latin. */
const ofUnspacedScripts = new RegExp(
  `[${unspacedScripts.map((script) => `\\p{Script=${script}}`).join('')}]|` +
    '(?=[\\p{Script=Common}\\p{Script=Inherited}])(?!\\p{Script_Extensions=Latin})' +
    '[\\p{Script_Extensions=Han}\\p{Script_Extensions=Hiragana}\\p{Script_Extensions=Katakana}]',
  'u',
)
const ofAccentedScripts =
  /[\p{Script=Inherited}\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Hebrew}\p{Script=Arabic}]/u

/** What the database alone needs, to find a text by its words. */
const searchClasses: CharacterClass[] = [
  {
    name: 'unspaced',
    about: 'Letters and marks of scripts that put no space between words.',
    has: (c) => /[\p{L}\p{M}\p{Nl}]/u.test(c) && ofUnspacedScripts.test(c),
  },
  {
    name: 'accent',
    about: 'Marks at a letter without which people look for a word; and the line that stretches Arabic.',
    has: (c) =>
      (/\p{Mn}/u.test(c) && ofAccentedScripts.test(c) && !ofUnspacedScripts.test(c)) || c === '\u0640',
  },
]

const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' })

function isOneCluster(text: string): boolean {
  return [...segmenter.segment(text)].length === 1
}

function isColorEmoji(character: string): boolean {
  return /[\p{Emoji_Presentation}&&\p{Extended_Pictographic}]/v.test(character)
}

/** The ranges of code points that a class consists of. */
function rangesOf({ has }: CharacterClass): [first: number, last: number][] {
  const ranges: [number, number][] = []
  for (let code = 1; code <= 0x10ffff; code += 1) {
    // Halves of a pair are no characters.
    if (code === 0xd800) code = 0xe000
    if (!has(String.fromCodePoint(code))) continue
    const last = ranges.at(-1)
    if (last?.[1] === code - 1) last[1] = code
    else ranges.push([code, code])
  }
  return ranges
}

/** The flags that are drawn from tags, as what follows the black flag. */
function tagSequences(): string[] {
  const letters = [...'abcdefghijklmnopqrstuvwxyz']
  const tag = (letter: string) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))
  const parts = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => `gb${a}${b}${c}`)))
  return parts
    .map((part) => `${[...part].map(tag).join('')}\u{E007F}`)
    .filter((tags) => /^\p{RGI_Emoji_Tag_Sequence}$/v.test(`\u{1F3F4}${tags}`))
}

/** The parts of a long text, each of which fits a line. */
function linesOf(parts: string[], width: number): string[] {
  const lines: string[] = ['']
  for (const part of parts) {
    if (`${lines.at(-1)}${part}`.length > width) lines.push('')
    lines[lines.length - 1] += part
  }
  return lines
}

// Front ends carry it: the shorter of two spellings.
const inRegExp = (code: number) => (code > 0xffff ? `\\u{${hex(code, 1)}}` : `\\u${hex(code, 4)}`)
const inPostgres = (code: number) => (code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`)
const hex = (code: number, digits: number) => code.toString(16).toUpperCase().padStart(digits, '0')

const written = (spelled: (code: number) => string) => (ranges: [number, number][]) =>
  ranges.map(([first, last]) => (first === last ? spelled(first) : `${spelled(first)}-${spelled(last)}`))
const sequences = (spelled: (code: number) => string) =>
  tagSequences().map(
    (tags, index) => (index ? '|' : '') + [...tags].map((tag) => spelled(tag.codePointAt(0) ?? 0)).join(''),
  )

const unicode = `Unicode ${process.versions.unicode}`

/** Each class as it is named and explained, with its ranges as a language spells them. */
function spelledClasses(classes: CharacterClass[], spelled: (code: number) => string) {
  const flags = {
    name: 'flagTags',
    about: 'The tags of the flags that are drawn from them, as alternatives.',
    parts: sequences(spelled),
  }
  return [...classes.map((each) => ({ ...each, parts: written(spelled)(rangesOf(each)) })), flags]
}

function typesFile(): string {
  const constants = spelledClasses(sharedClasses, inRegExp).map(({ name, about, parts }) => {
    const [first = '', ...more] = linesOf(parts, 96).map((line) => `'${line.replaceAll('\\', '\\\\')}'`)
    const value = more.length
      ? `[\n${[first, ...more].map((line) => `  ${line},\n`).join('')}].join('')`
      : first
    const gap = more.length || value.length + name.length < 92 ? ' ' : '\n  '
    return `\n/** ${about} */\nexport const ${name} =${gap}${value}\n`
  })
  return `// Written by \`npm run characters\` from ${unicode}, as sql/00_foundation/28_characters.sql is:
// the inside of classes of characters, for expressions with the flag u.
${constants.join('')}`
}

function schemaFile(): string {
  const branches = spelledClasses(
    [...sharedClasses, ...clusterClasses, ...searchClasses],
    inPostgres,
  ).flatMap(({ name, about, parts }) => [
    `    -- ${about}`,
    `    when '${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}' then`,
    ...linesOf(parts, 110).map((line) => `      '${line}'`),
  ])
  return `-- Classes of characters, as text that people type needs them told apart.
--
-- Written by \`npm run characters\` from ${unicode}, as types/characters.ts is: Postgres has no
-- properties of characters in its expressions, and a front end must clean a name as the database does.

create function private.character_class(p_class text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
  return case p_class
${branches.join('\n')}
  end;
end;
$$;

comment on function private.character_class(text) is
  'The inside of a class of characters for a regular expression, by the name of the class; for flag_tags, '
  'alternatives.';

grant execute on function private.character_class(text) to authenticated, service_role;
`
}

/** The files that are generated, by their path. */
export function characterFiles(): Record<string, string> {
  return { 'sql/00_foundation/28_characters.sql': schemaFile(), 'types/characters.ts': typesFile() }
}

if (import.meta.main)
  for (const [path, text] of Object.entries(characterFiles()))
    writeFileSync(join(import.meta.dirname, '..', path), text)
