/** Statements that are kept prepared in every connection; a request of a rarer shape is planned each time. */
const preparedStatements = 1000

const names = new Map<string, string>()

/** The name under which a statement is prepared; undefined once there are too many. */
export function statementName(sql: string): string | undefined {
  const known = names.get(sql)
  if (known || names.size >= preparedStatements) return known
  const name = `data_api_${names.size}`
  names.set(sql, name)
  return name
}
