import { useRef, useState } from 'preact/hooks'

import { Chart, type Draw } from './chart.tsx'
import type { DrawnChart } from './plot.ts'

/** Along the x axis: a band or point scale whose domain are the steps' keys. */
export interface Step {
  readonly key: string
  /** All values at this step in a sentence, for whoever hears the chart. */
  readonly spoken: string
}

/**
 * A chart over time whose values can be read with the pointer and with the arrow keys. To a screen reader it is a slider:
 * moving along it speaks the values of each step.
 */
export function SteppedChart({
  label,
  steps,
  draw,
  redrawFor,
  height,
  step,
  onStep,
}: {
  readonly label: string
  readonly steps: readonly Step[]
  readonly draw: Draw
  readonly redrawFor: string
  readonly height: 'low' | 'middle' | 'high'
  /** Index of the step that is looked at. */
  readonly step: number | undefined
  readonly onStep: (step: number | undefined) => void
}) {
  const chart = useRef<DrawnChart | undefined>(undefined)
  const [hasFocus, setHasFocus] = useState(false)
  markStep(chart.current, steps, step)

  const last = steps.length - 1
  const onKeyDown = (event: KeyboardEvent) => {
    const next = nextStep(event.key, step, last)
    if (next === 'other') return
    event.preventDefault()
    onStep(next)
  }
  const shown = step ?? last
  return (
    <div
      class="stepped"
      role="slider"
      tabIndex={0}
      aria-label={`${label}. Arrow keys move through it.`}
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={Math.max(0, last)}
      aria-valuenow={Math.max(0, shown)}
      aria-valuetext={steps[shown]?.spoken ?? 'nothing'}
      onKeyDown={onKeyDown}
      onFocus={() => setHasFocus(true)}
      onBlur={() => {
        setHasFocus(false)
        onStep(undefined)
      }}
      onPointerMove={(event) => onStep(stepAt(chart.current, steps, event.clientX))}
      onPointerLeave={() => hasFocus || onStep(undefined)}
    >
      <Chart
        draw={draw}
        redrawFor={redrawFor}
        height={height}
        onDrawn={(drawn) => {
          chart.current = drawn
          markStep(drawn, steps, step)
        }}
      />
    </div>
  )
}

function nextStep(key: string, step: number | undefined, last: number): number | undefined | 'other' {
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return Math.max(0, (step ?? last + 1) - 1)
    case 'ArrowRight':
    case 'ArrowUp':
      return Math.min(last, (step ?? last - 1) + 1)
    case 'Home':
      return 0
    case 'End':
      return last
    case 'Escape':
      return undefined
    default:
      return 'other'
  }
}

/** The middle of a step in the chart's own coordinates. */
function middleOf(chart: DrawnChart, key: string): number | undefined {
  const scale = chart.scale('x')
  const start: unknown = scale?.apply(key)
  return typeof start === 'number' ? start + (scale?.bandwidth ?? 0) / 2 : undefined
}

function stepAt(chart: DrawnChart | undefined, steps: readonly Step[], clientX: number): number | undefined {
  if (chart === undefined) return undefined
  const x = clientX - chart.getBoundingClientRect().left
  let nearest: number | undefined
  let distance = Number.POSITIVE_INFINITY
  steps.forEach(({ key }, index) => {
    const away = Math.abs((middleOf(chart, key) ?? Number.POSITIVE_INFINITY) - x)
    if (away < distance) [nearest, distance] = [index, away]
  })
  return nearest
}

const SVG = 'http://www.w3.org/2000/svg'

/** Draws the line that shows which step is looked at, without drawing the chart again. */
function markStep(chart: DrawnChart | undefined, steps: readonly Step[], step: number | undefined): void {
  if (!(chart instanceof SVGSVGElement)) return
  const before = chart.querySelector('.step-mark')
  const key = step === undefined ? undefined : steps[step]?.key
  const x = key === undefined ? undefined : middleOf(chart, key)
  if (x === undefined) return before?.remove()
  const mark = before ?? chart.appendChild(document.createElementNS(SVG, 'line'))
  const height = String(chart.viewBox.baseVal.height - 26)
  const attributes = { class: 'step-mark', x1: String(x), x2: String(x), y1: '4', y2: height }
  for (const [name, value] of Object.entries(attributes)) mark.setAttribute(name, value)
}
