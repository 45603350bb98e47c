export { TelemetryClient } from './telemetry-client.ts'
export type { StopOptions } from './telemetry-client.ts'
export type { TelemetryConfig, TelemetryLogger } from './config.ts'
export { validateConfig } from './validate-config.ts'
export type { ClientStats, LossReason } from './delivery/ledger.ts'
export { EventBuilder } from './event-builder.ts'
export type { ContextUse, Costs, EventFields, QualityResult, TokenCounts } from './event-builder.ts'
export { EventQueue } from './delivery/event-queue.ts'
export { PersonalCorrection } from './predictions/personal-correction.ts'
export { PredictionCache } from './predictions/prediction-cache.ts'
export { TelemetryError } from './telemetry-error.ts'
export type { TelemetryErrorCode, TelemetryErrorDetails } from './telemetry-error.ts'
export {
  Complexity,
  Harness,
  Outcome,
  Provider,
  QualityGate,
  RepoSizeCategory,
  TaskType,
  validateEvent,
} from './protocol/index.ts'
export type {
  AcceptedEvent,
  BatchEventRequest,
  BatchEventResponse,
  BatchEventResult,
  BatchPredictionRequest,
  BatchPredictionResponse,
  Confidence,
  CorrectionFactors,
  DimensionsMatched,
  Forecast,
  ForecastBudget,
  ForecastCalibration,
  ForecastDistribution,
  ForecastEvidence,
  ForecastMetricName,
  ForecastProbability,
  ForecastRisk,
  PredictionData,
  PredictionMetadata,
  PredictionQuery,
  PredictionResponse,
  QualityPrediction,
  RejectedEvent,
  RejectionCode,
  TaskCompletionEvent,
  TokenDistribution,
} from './protocol/index.ts'
