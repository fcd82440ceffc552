/*
 * lite joins along a foreign key that a request names on the first of its columns alone. So it is told of keys
 * with one column only: several become one by name, which the compiler takes apart again.
 */
import type { IntrospectResult } from '@supabase/lite'
import {
  AliasNode,
  type BinaryOperationNode,
  ColumnNode,
  IdentifierNode,
  type OperationNode,
  PostgresQueryCompiler,
  ReferenceNode,
  type SelectionNode,
  TupleNode,
} from 'kysely'

type ForeignKey = IntrospectResult['foreign_keys'][number]
type UniqueConstraint = IntrospectResult['unique_constraints'][number]

/** How lite itself lists the columns of a key in its messages. */
const separator = ', '

/** What the names begin with under which a spread selects the columns of its key. */
const spreadKey = '__spread_join_key_'

/** One entry for every key, where lite has one for every column of a key. */
export function joinedForeignKeys(keys: readonly ForeignKey[]): ForeignKey[] {
  const columnsOfKeys = Map.groupBy(keys, (key) =>
    JSON.stringify([
      key.schema,
      key.table,
      key.ref_schema,
      key.ref_table,
      key.foreign_key_group ?? key.foreign_key_name,
    ]),
  )
  return [...columnsOfKeys.values()].flatMap((columns) =>
    columns.slice(0, 1).map((key) => ({
      ...key,
      column: columns.map(({ column }) => column).join(separator),
      ref_column: columns.map(({ ref_column }) => ref_column).join(separator),
    })),
  )
}

/** What makes a row the only one of its joined key, and so an object rather than a list where it is embedded. */
export function joinedUniqueConstraints(
  keys: readonly ForeignKey[],
  { primary_keys, unique_constraints }: Pick<IntrospectResult, 'primary_keys' | 'unique_constraints'>,
): UniqueConstraint[] {
  const unique = new Set(
    [...primary_keys, ...unique_constraints].map(({ schema, table, columns }) =>
      columnSet(schema, table, columns),
    ),
  )
  return keys.flatMap(({ schema, table, column, foreign_key_name }) => {
    const columns = column.split(separator)
    if (columns.length === 1 || !unique.has(columnSet(schema, table, columns))) return []
    return [{ schema, table, name: foreign_key_name, columns: [column] }]
  })
}

/** The columns of a key that was joined. */
export function columnsOfKey({ column }: ForeignKey): string[] {
  return column.split(separator)
}

function columnSet(schema: string, table: string, columns: readonly string[]): string {
  return JSON.stringify([schema, table, ...columns.toSorted()])
}

/** Compiles a comparison of joined columns as one of rows, which Postgres plans column by column. */
export class CompositeKeyCompiler extends PostgresQueryCompiler {
  protected override visitBinaryOperation(node: BinaryOperationNode): void {
    const { leftOperand, rightOperand } = node
    const count = Math.max(columnsOf(leftOperand).length, columnsOf(rightOperand).length)
    super.visitBinaryOperation(
      count > 1 && ReferenceNode.is(leftOperand) && ReferenceNode.is(rightOperand)
        ? { ...node, leftOperand: rowOf(leftOperand, count), rightOperand: rowOf(rightOperand, count) }
        : node,
    )
  }

  protected override visitSelection(node: SelectionNode): void {
    const { selection } = node
    const joined = AliasNode.is(selection) ? spreadColumns(selection) : []
    if (joined.length > 1) this.compileList(joined)
    else super.visitSelection(node)
  }
}

/** A spread selects the columns that it joins on, under a name of lite's own. */
function spreadColumns({ node: reference, alias }: AliasNode): AliasNode[] {
  if (!ReferenceNode.is(reference) || !IdentifierNode.is(alias) || !alias.name.startsWith(spreadKey))
    return []
  return columnsOf(reference).map((column, index) =>
    AliasNode.create(withColumn(reference, column), IdentifierNode.create(partOf(alias.name, index))),
  )
}

function columnsOf(node: OperationNode): string[] {
  return ReferenceNode.is(node) && ColumnNode.is(node.column)
    ? node.column.column.name.split(separator)
    : ['']
}

/** `(t.a, t.b)` of `t."a, b"`; a single name is the one that a spread gave to all of them. */
function rowOf(reference: ReferenceNode, count: number): TupleNode {
  const columns = columnsOf(reference)
  const [name = ''] = columns
  const parts =
    columns.length === 1 ? Array.from({ length: count }, (_, index) => partOf(name, index)) : columns
  return TupleNode.create(parts.map((part) => withColumn(reference, part)))
}

function partOf(name: string, index: number): string {
  return `${name}_${index}`
}

function withColumn(reference: ReferenceNode, column: string): ReferenceNode {
  return { ...reference, column: ColumnNode.create(column) }
}
