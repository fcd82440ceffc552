import * as z from 'zod'

// A color that can stand in a style sheet and do nothing else there: no url(), var(), calc(), comment, semicolon or
// brace fits the grammar. The database holds the same expression, as private.color_pattern().

const space = '[ \\t\\n\\r\\f]'
const number = '[+-]?(?:[0-9]*[.])?[0-9]+(?:e[+-]?[0-9]{1,3})?'
const value = `(?:${number}%?|none)`
const hue = `(?:${number}(?:deg|grad|rad|turn)?|none)`
const alpha = `(?:${space}*/${space}*${value})?`
const comma = `${space}*,${space}*`
const moreAlpha = `(?:${comma}${number}%?)?`

const names =
  'aliceblue|antiquewhite|aqua|aquamarine|azure|beige|bisque|black|blanchedalmond|blue|blueviolet|brown|burlywood|' +
  'cadetblue|chartreuse|chocolate|coral|cornflowerblue|cornsilk|crimson|cyan|darkblue|darkcyan|darkgoldenrod|' +
  'darkgray|darkgreen|darkgrey|darkkhaki|darkmagenta|darkolivegreen|darkorange|darkorchid|darkred|darksalmon|' +
  'darkseagreen|darkslateblue|darkslategray|darkslategrey|darkturquoise|darkviolet|deeppink|deepskyblue|dimgray|' +
  'dimgrey|dodgerblue|firebrick|floralwhite|forestgreen|fuchsia|gainsboro|ghostwhite|gold|goldenrod|gray|green|' +
  'greenyellow|grey|honeydew|hotpink|indianred|indigo|ivory|khaki|lavender|lavenderblush|lawngreen|lemonchiffon|' +
  'lightblue|lightcoral|lightcyan|lightgoldenrodyellow|lightgray|lightgreen|lightgrey|lightpink|lightsalmon|' +
  'lightseagreen|lightskyblue|lightslategray|lightslategrey|lightsteelblue|lightyellow|lime|limegreen|linen|' +
  'magenta|maroon|mediumaquamarine|mediumblue|mediumorchid|mediumpurple|mediumseagreen|mediumslateblue|' +
  'mediumspringgreen|mediumturquoise|mediumvioletred|midnightblue|mintcream|mistyrose|moccasin|navajowhite|navy|' +
  'oldlace|olive|olivedrab|orange|orangered|orchid|palegoldenrod|palegreen|paleturquoise|palevioletred|papayawhip|' +
  'peachpuff|peru|pink|plum|powderblue|purple|rebeccapurple|red|rosybrown|royalblue|saddlebrown|salmon|sandybrown|' +
  'seagreen|seashell|sienna|silver|skyblue|slateblue|slategray|slategrey|snow|springgreen|steelblue|tan|teal|' +
  'thistle|tomato|transparent|turquoise|violet|wheat|white|whitesmoke|yellow|yellowgreen'

/**
 * The grammar of a color, without regard to case.
 *
 * @example
 * const isColor = new RegExp(colorPattern, 'i').test('oklch(0.7 0.1 200)')
 */
export const colorPattern = `^(?:${[
  `oklch[(]${space}*${value}${space}+${value}${space}+${hue}${alpha}${space}*[)]`,
  `hsla?[(]${space}*${hue}${space}+${value}${space}+${value}${alpha}${space}*[)]`,
  `hsla?[(]${space}*${hue}${comma}${number}%${comma}${number}%${moreAlpha}${space}*[)]`,
  `rgba?[(]${space}*${value}${space}+${value}${space}+${value}${alpha}${space}*[)]`,
  `rgba?[(]${space}*${number}%?${comma}${number}%?${comma}${number}%?${moreAlpha}${space}*[)]`,
  '#(?:[0-9a-f]{3}|[0-9a-f]{4}|[0-9a-f]{6}|[0-9a-f]{8})',
  names,
  'currentcolor',
].join('|')})$`

/**
 * `oklch()`, `hsl()`, `hsla()`, `rgb()`, `rgba()`, `#` with 3, 4, 6 or 8 hex digits, a CSS named color, or
 * `currentcolor`. White space and numbers are as in CSS, exponents included.
 *
 * @example
 * const { success } = colorSchema.safeParse('#0af')
 */
export const colorSchema = z
  .string()
  .max(128, { abort: true })
  .regex(new RegExp(colorPattern, 'i'), 'This is not a color.')
