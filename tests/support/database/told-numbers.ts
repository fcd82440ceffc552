interface Described {
  name: string
  arguments: string
  body: string
  told: string
}

/** Of what a comment says these are no numbers of the function: the names of standards, and of their versions. */
const named = /\b(?:RFC|ISO|SHA|Annex|version)[ -]\d+/g
const sizes: Record<string, number> = { KiB: 2 ** 10, MiB: 2 ** 20 }
/** A limit may stand in what a function calls, and in what that calls. */
const deepest = 5

/** The numbers that comments tell of functions and that neither they nor what they call have: `function: number`. */
export function numbersToldAlone(functions: Described[]): string[] {
  const texts = new Map<string, string>()
  for (const { name, arguments: given, body } of functions)
    texts.set(name, `${texts.get(name) ?? ''}\n${given}\n${body}`)
  const calls = new Map(
    [...texts].map(([name, text]) => [
      name,
      [...new Set(text.match(/\b(?:public|private)\.\w+/g))].filter((each) => texts.has(each)),
    ]),
  )
  const numbersOf = new Map(
    [...texts].map(([name, text]) => [name, new Set(text.match(/\d+/g)?.map(Number))]),
  )
  const reachedFrom = (name: string): string[] => {
    const reached = new Set([name])
    for (let depth = 0; depth < deepest; depth += 1)
      for (const each of [...reached]) for (const called of calls.get(each) ?? []) reached.add(called)
    return [...reached]
  }
  return functions.flatMap(({ name, told }) => {
    const reached = reachedFrom(name)
    return [
      ...told.replaceAll(named, '').matchAll(/(?<![\w.-])(\d{1,3}(?:,\d{3})+|\d+)(?: (KiB|MiB))?(?![\w-])/g),
    ]
      .map(([, number = '', unit = '']) => Number(number.replaceAll(',', '')) * (sizes[unit] ?? 1))
      .filter((number) => !reached.some((each) => numbersOf.get(each)?.has(number)))
      .map((number) => `${name}: ${number}`)
  })
}
