/** What a data source did wrong, in words for who manages it: nothing of the network it was asked from. */
export class SourceError extends Error {
  override name = 'SourceError'
  readonly code = 'source_failed'
}
