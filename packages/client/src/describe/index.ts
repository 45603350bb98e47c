/** Predictions in words, for whoever shows them: command line, agent, hook, your own program. */
export { describePrediction, summarisePrediction } from './describe-prediction.ts'
export type { AmountWords, Estimates, PredictionWords } from './describe-prediction.ts'
export { describeCalibration } from './describe-certainty.ts'
export { counted, duration, percent, tokens, usd } from './format.ts'
export { describeFailure } from './describe-failure.ts'
export type { FailureWords } from './describe-failure.ts'
