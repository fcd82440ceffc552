import fc from 'fast-check'

// A counterexample is enough to notice an edit; to make it small takes minutes, and nobody reads it.
fc.configureGlobal({ endOnFailure: true })
