/** A share as a bar inside a table, beside the number that says it. */
export function Bar({ share, tone = 'plain' }: { readonly share: number; readonly tone?: 'plain' | 'bad' }) {
  return (
    <svg class={`bar bar-${tone}`} viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
      <rect class="bar-ground" width="100" height="6" />
      <rect class="bar-fill" width={Math.max(0, Math.min(1, share)) * 100} height="6" />
    </svg>
  )
}
