import type { Answer } from './adapter.ts'

/** A log record or a span: all that is read of either is its attributes. */
interface OtlpItem {
  readonly attributes?: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[]
}

/** An OTLP/JSON export request; logs and traces differ only in the names around the items. */
interface OtlpRequest {
  readonly resourceLogs?: readonly {
    readonly scopeLogs: readonly { readonly logRecords: readonly OtlpItem[] }[]
  }[]
  readonly resourceSpans?: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly OtlpItem[] }[]
  }[]
}

/** Values of the string attribute `key` in an OTLP/JSON request, in order. */
export function otlpAttributeValues(body: string, key: string): string[] {
  const request = JSON.parse(body) as OtlpRequest
  const items = [
    ...(request.resourceLogs ?? []).flatMap((of) => of.scopeLogs.flatMap((scope) => scope.logRecords)),
    ...(request.resourceSpans ?? []).flatMap((of) => of.scopeSpans.flatMap((scope) => scope.spans)),
  ]
  return items.flatMap((item) => {
    const value = item.attributes?.find((attribute) => attribute.key === key)?.value.stringValue
    return value === undefined ? [] : [value]
  })
}

/** OTLP's partial success: how many were refused and why, but not which. */
export function otlpPartialSuccess(countField: string, refused: number): Answer {
  const body = { partialSuccess: { [countField]: String(refused), errorMessage: 'one record is invalid' } }
  return { status: 200, body: JSON.stringify(body) }
}
