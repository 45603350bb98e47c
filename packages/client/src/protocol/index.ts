export { Complexity, Harness, Outcome, Provider, QualityGate, RepoSizeCategory, TaskType } from './enums.ts'
export type { TaskCompletionEvent } from './event.ts'
export { eventFields, predictionQueryFields } from './event-fields.ts'
export type { FieldRule, FieldTable } from './event-fields.ts'
export {
  describeProblem,
  findEventProblems,
  findQueryProblems,
  findTextProblem,
  validateEvent,
} from './validation.ts'
export type { FieldProblem } from './validation.ts'
export { eventJsonSchema, fieldSchema } from './json-schema.ts'
export type { JsonSchema } from './json-schema.ts'
export { providerOfModel } from './provider-of-model.ts'
export { isUuid } from './uuid.ts'
export { uuidV7Generator } from './uuid-v7.ts'
export { taskEventId } from './task-id.ts'
export type { TaskKey } from './task-id.ts'
export { parseTimestampMicros } from './timestamp.ts'
export {
  MAX_BODY_BYTES,
  MAX_CLOCK_LEAD_MS,
  MAX_EVENTS_PER_BATCH,
  MAX_QUERIES_PER_BATCH,
  MAX_UNPACKED_BODY_BYTES,
  SCHEMA_VERSION,
} from './limits.ts'
export type {
  AcceptedEvent,
  BatchEventRequest,
  BatchEventResponse,
  BatchEventResult,
  RejectedEvent,
  RejectionCode,
} from './batch.ts'
export type {
  BatchPredictionRequest,
  BatchPredictionResponse,
  Confidence,
  CorrectionFactors,
  DimensionsMatched,
  PredictionData,
  PredictionMetadata,
  PredictionQuery,
  PredictionResponse,
  QualityPrediction,
  TokenDistribution,
} from './prediction.ts'
export type {
  Forecast,
  ForecastBudget,
  ForecastCalibration,
  ForecastDistribution,
  ForecastEvidence,
  ForecastMetricName,
  ForecastProbability,
  ForecastRisk,
} from './forecast.ts'
export type {
  DashboardAnswer,
  DashboardDimension,
  DashboardFreshness,
  DashboardHint,
  DashboardRange,
  DashboardRole,
  DashboardSession,
  DashboardSource,
  EstimatedMetric,
  EstimatesAnswer,
  EstimateSums,
  FiltersAnswer,
  GatesAnswer,
  GateSums,
  HealthAnswer,
  Interval,
  Keyed,
  LoginRequest,
  ModelWorth,
  ReasonCount,
  SpendAnswer,
  SpendSeries,
  TaskSums,
  WorthAnswer,
} from './dashboard.ts'
export { errorStatus } from './error.ts'
export type { ErrorCode, ErrorResponse } from './error.ts'
export { OtlpRequestKind } from './otlp-request.ts'
export type { OtlpRequest, OtlpRequestPage, StoredOtlpRequest } from './otlp-request.ts'
export { CommitSource, RunStatus, runStatusAliases } from './run.ts'
export type { Json, NewRun, RunChanges, RunRecord, RunStatusAlias, RunTimelineEvent } from './run.ts'
export { runFields } from './run-fields.ts'
export type { RunFieldName, RunFieldRule } from './run-fields.ts'
export { findRunChangeProblems, findRunProblems, readRunStatus } from './run-validation.ts'
