import { type CallArguments, givesRows, type NamedArgument, type Plan } from '../plan/index.ts'
import { bodyAlias } from './body-rows.ts'
import { quoteName, quoteQualified } from './names.ts'
import type { Parameters } from './parameters.ts'
import { writeResultColumns } from './result-columns.ts'

type CallPlan = Extract<Plan, { kind: 'call' }>

/** What a function gives that has no columns. */
export const scalarColumn = 'pgrst_scalar'
const callAlias = 'pgrst_call'

/** The statement that calls a function, once. */
export function writeCall({ routine, arguments: given, result }: CallPlan, parameters: Parameters): string {
  const { from, list } = writeArguments(given, parameters)
  const call = `${quoteQualified(routine)}(${list})`
  if (!givesRows(routine)) return `select ${call} as ${scalarColumn}${from && ` from ${from}`}`
  const columns = writeResultColumns(callAlias, result, routine.result.rows)
  return `select ${columns} from ${from && `${from}, lateral `}${call} as ${quoteName(callAlias)}`
}

/** The list of arguments, and where it takes them from. */
function writeArguments(given: CallArguments, parameters: Parameters): { from: string; list: string } {
  switch (given.kind) {
    case 'body':
      return { from: '', list: `${parameters.add(given.text)}::${given.type}` }
    case 'named':
      return {
        from: '',
        list: given.values.map((argument) => writeArgument(argument, parameters)).join(', '),
      }
    case 'document': {
      if (given.names.length === 0) return { from: '', list: '' }
      const typed = given.names.map(({ name, type }) => `${quoteName(name)} ${type}`).join(', ')
      const record = given.isArray ? 'json_to_recordset' : 'json_to_record'
      const alias = quoteName(bodyAlias)
      const rows = `${record}(${parameters.add(given.text)}::json) as ${alias} (${typed})`
      return {
        // A function is called once, whatever it is given.
        from: given.isArray ? `(select * from ${rows} limit 1) as ${alias}` : rows,
        list: given.names
          .map(({ name, isVariadic }) => assign(name, `${alias}.${quoteName(name)}`, isVariadic))
          .join(', '),
      }
    }
  }
}

function writeArgument({ name, type, isVariadic, value }: NamedArgument, parameters: Parameters): string {
  const place = typeof value === 'string' ? parameters.add(value) : parameters.addArray(value)
  return assign(name, `${place}::${type}`, isVariadic)
}

function assign(name: string, value: string, isVariadic: boolean): string {
  return `${isVariadic ? 'variadic ' : ''}${quoteName(name)} := ${value}`
}
