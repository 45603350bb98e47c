/** What predictions keep of one stored event. Every number is a whole number from 0 on. */
export interface Observation {
  /** Lower-case UUID. */
  readonly instanceId: string
  /** The server's clock at arrival, epoch milliseconds. */
  readonly receivedAtMs: number
  readonly taskType: string
  /** As the event spells it; `Units` compares canonical names. */
  readonly model: string
  readonly provider: string
  readonly complexity: string
  readonly inputTokens: number
  readonly outputTokens: number
  readonly costUsdMicros: number
  readonly durationMs: number
  readonly estimatedInputTokens: number
  readonly estimatedOutputTokens: number
  readonly succeeded: boolean
  readonly gatesPassed: boolean
  /** Whether the event names any gate that ran: without one `gatesPassed` says nothing. */
  readonly gatesListed: boolean
}

/** Where the numbers of a sample stand. Samples lie one after the other in a flat array, without an object each. */
export const SampleField = {
  RECEIVED_AT_MS: 0,
  INPUT_TOKENS: 1,
  OUTPUT_TOKENS: 2,
  COST_USD_MICROS: 3,
  DURATION_MS: 4,
  ESTIMATED_INPUT_TOKENS: 5,
  ESTIMATED_OUTPUT_TOKENS: 6,
  FLAGS: 7,
} as const
export type SampleField = (typeof SampleField)[keyof typeof SampleField]

/** Numbers in one sample. */
export const SAMPLE_WIDTH = 8

/** Bits of `SampleField.FLAGS`. */
export const SampleFlag = { SUCCEEDED: 1, GATES_PASSED: 2, GATES_LISTED: 4 } as const

/** Whether the event reports any usage at all. One that does not is a task nobody measured, not a task of zero tokens. */
export function reportsUsage(observation: Observation): boolean {
  return observation.inputTokens + observation.outputTokens > 0
}

/** `reportsUsage`, of what is kept of an event. */
export function sampleReportsUsage(sample: Float64Array): boolean {
  return (sample[SampleField.INPUT_TOKENS] as number) + (sample[SampleField.OUTPUT_TOKENS] as number) > 0
}

/** Writes the observation's numbers in the order of `SampleField`. */
export function writeSample(observation: Observation, sample: Float64Array): void {
  sample[SampleField.RECEIVED_AT_MS] = observation.receivedAtMs
  sample[SampleField.INPUT_TOKENS] = observation.inputTokens
  sample[SampleField.OUTPUT_TOKENS] = observation.outputTokens
  sample[SampleField.COST_USD_MICROS] = observation.costUsdMicros
  sample[SampleField.DURATION_MS] = observation.durationMs
  sample[SampleField.ESTIMATED_INPUT_TOKENS] = observation.estimatedInputTokens
  sample[SampleField.ESTIMATED_OUTPUT_TOKENS] = observation.estimatedOutputTokens
  sample[SampleField.FLAGS] =
    (observation.succeeded ? SampleFlag.SUCCEEDED : 0) |
    (observation.gatesPassed ? SampleFlag.GATES_PASSED : 0) |
    (observation.gatesListed ? SampleFlag.GATES_LISTED : 0)
  requireWholeNumbers(sample)
}

/** Throws a `RangeError` where a sample holds anything but whole numbers from 0 on, which a packed one cannot. */
export function requireWholeNumbers(sample: Float64Array): void {
  for (let field = 0; field < SAMPLE_WIDTH; field++) {
    const value = sample[field] as number
    if (!(value >= 0) || !Number.isSafeInteger(value))
      throw new RangeError(`an observation holds only whole numbers from 0 on: ${sample}`)
  }
}
