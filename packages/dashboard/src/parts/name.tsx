import type { DashboardDimension } from '@mosaicstack/telemetry-client/protocol'

import { memberName, plainName } from '../format/names.ts'

/** A member of a dimension, kept from mixing with the text around it whatever its writing direction. */
export function MemberName({
  dimension,
  member,
}: {
  readonly dimension: DashboardDimension
  readonly member: string | null
}) {
  return member === null ? (
    <span class="name rest">{memberName(dimension, null)}</span>
  ) : (
    <Name text={memberName(dimension, member)} />
  )
}

/** A text somebody sent. */
export function Name({ text }: { readonly text: string }) {
  const plain = plainName(text)
  return (
    <bdi class="name" title={plain.length > 40 ? plain : undefined}>
      {plain}
    </bdi>
  )
}
