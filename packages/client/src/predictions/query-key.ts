import { predictionQueryFields, type PredictionQuery } from '../protocol/index.ts'

const names = Object.keys(predictionQueryFields) as (keyof PredictionQuery)[]

/** Equal for equal queries: only the model is free text, so that it is what stands between the first and the last six. */
export function queryKey(query: PredictionQuery): string {
  return names.map((name) => query[name]).join('/')
}

/** The known fields, each read once: what the caller does with the query afterwards has no effect. */
export function copyQuery(query: PredictionQuery): PredictionQuery {
  return Object.fromEntries(names.map((name) => [name, query[name]])) as unknown as PredictionQuery
}
