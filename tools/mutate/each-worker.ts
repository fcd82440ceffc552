import { Worker } from 'node:worker_threads'
import fc from 'fast-check'

// A counterexample is enough to notice an edit; to make it small takes minutes, and nobody reads it.
fc.configureGlobal({ endOnFailure: true })

/*
 * An edit may turn a loop into one that never ends, which no timer of the same thread interrupts: another thread ends a
 * process that has not beaten for so long, and the test that it was in has noticed the edit.
 */
const stuckAfterSeconds = 60

const watched = Symbol.for('mutate.watched')
const state = globalThis as { [watched]?: true }
if (!state[watched]) {
  state[watched] = true
  const beats = new Int32Array(new SharedArrayBuffer(4))
  setInterval(() => Atomics.add(beats, 0, 1), 1_000).unref()
  const watch = `
    const { workerData: { beats, seconds } } = require('node:worker_threads')
    let [seen, still] = [-1, 0]
    setInterval(() => {
      const now = Atomics.load(beats, 0)
      still = now === seen ? still + 1 : 0
      seen = now
      if (still > seconds) process.kill(process.pid, 'SIGKILL')
    }, 1_000)`
  new Worker(watch, { eval: true, workerData: { beats, seconds: stuckAfterSeconds } }).unref()
}
