/** The values of one statement, all of them text that Postgres reads as the type at its place. */
export class Parameters {
  readonly values: string[] = []

  /** The place of a value in the statement. */
  add(value: string): string {
    this.values.push(value)
    return `$${this.values.length}`
  }

  addArray(values: readonly string[]): string {
    return this.add(arrayText(values))
  }
}

function arrayText(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replace(/["\\]/g, '\\$&')}"`).join(',')}}`
}
