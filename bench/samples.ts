import { type Measurement, percentile } from './report.ts'

// What benchmarks do alike: take samples, alone or beside those of a limit, and make a line of the report of them.

export interface Rounds {
  /** How many times each is measured. */
  rounds: number
  /** How many times more it runs before, unmeasured. */
  warmUp: number
  /** After how much time fewer rounds are enough, but no fewer than two. Default: never. */
  enoughMilliseconds?: number
}

/** Milliseconds of something that measures itself, round after round. */
export async function sampled({ rounds, warmUp }: Rounds, measure: (round: number) => Promise<number>) {
  const samples: number[] = []
  for (let round = 0; round < rounds + warmUp; round += 1) {
    const sample = await measure(round)
    if (round >= warmUp) samples.push(sample)
  }
  return samples
}

/** Samples of several things, in turns, so that whatever else the machine does falls on all of them. */
export async function sampledInTurns(
  { rounds, warmUp, enoughMilliseconds = Number.POSITIVE_INFINITY }: Rounds,
  measures: ((round: number) => Promise<number>)[],
): Promise<number[][]> {
  const begun = performance.now()
  const samples: number[][] = []
  for (let round = 0; round < rounds + warmUp; round += 1) {
    const sample: number[] = []
    for (const measure of measures) sample.push(await measure(round))
    samples.push(sample)
    if (samples.length > 1 && performance.now() - begun > enoughMilliseconds) break
  }
  // Where time was short, the first round has warmed up.
  const measured = samples.slice(Math.min(warmUp, samples.length - 1))
  return measures.map((_, place) => measured.map((sample) => sample[place] ?? Number.NaN))
}

/** Samples of a figure and of its limit, in turns. */
export async function sampledBeside(
  times: Rounds,
  measureLimit: (round: number) => Promise<number>,
  measureFigure: (round: number) => Promise<number>,
): Promise<{ limit: number[]; figure: number[] }> {
  const [limit = [], figure = []] = await sampledInTurns(times, [measureLimit, measureFigure])
  return { limit, figure }
}

/** A line whose budget is a number of milliseconds, which 95 of 100 samples keep. */
export function absolute(name: string, samples: number[], milliseconds: number): Measurement {
  return {
    name,
    figure: distribution(samples),
    limit: '',
    value: percentile(samples, 0.95),
    budget: { atMost: milliseconds },
  }
}

/** A line whose budget is a multiple of a limit, half of the samples beside half of the limit's. */
export function relative(
  name: string,
  { limit, figure }: { limit: number[]; figure: number[] },
  atMost: number,
): Measurement {
  return {
    name,
    figure: distribution(figure),
    limit: distribution(limit),
    value: percentile(figure, 0.5) / percentile(limit, 0.5),
    budget: { atMost },
  }
}

function distribution(samples: number[]): string {
  return `p50 ${percentile(samples, 0.5).toFixed(2)} ms, p95 ${percentile(samples, 0.95).toFixed(2)} ms`
}
