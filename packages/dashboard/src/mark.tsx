/** The sign of Mosaic Telemetry. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 16 16" aria-hidden="true">
      <rect class="swatch-1" x="1" y="1" width="8" height="6" rx="1.2" />
      <rect class="swatch-2" x="10" y="1" width="5" height="6" rx="1.2" />
      <rect class="swatch-3" x="1" y="8" width="5" height="7" rx="1.2" />
      <rect class="swatch-rest" x="7" y="8" width="8" height="7" rx="1.2" />
    </svg>
  )
}
