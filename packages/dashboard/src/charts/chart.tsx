import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'

import type { DrawnChart } from './plot.ts'

/** Plot comes as a file of its own, so that the page is there before it. */
const plotModule = import('./plot.ts')

type PlotModule = Awaited<typeof plotModule>

/** Draws at a width in CSS pixels. */
export type Draw = (plot: PlotModule, width: number) => DrawnChart

/** A chart that is as wide as its place. `redrawFor` changes whenever what it shows does. */
export function Chart({
  label,
  draw,
  redrawFor,
  height,
  onDrawn,
}: {
  /** What somebody hears who does not see it. Undefined where the frame around it says so already. */
  readonly label?: string
  readonly draw: Draw
  readonly redrawFor: string
  /** CSS pixels, kept free until it is drawn. */
  readonly height: 'low' | 'middle' | 'high'
  readonly onDrawn?: (chart: DrawnChart) => void
}) {
  const place = useRef<HTMLDivElement>(null)
  const width = useWidth(place)
  const plot = usePlot()

  useLayoutEffect(() => {
    if (plot === undefined || width === 0 || place.current === null) return
    const chart = draw(plot, width)
    // Plot labels its groups for itself; the words for whoever listens are on the frame.
    chart.setAttribute('aria-hidden', 'true')
    place.current.replaceChildren(chart)
    onDrawn?.(chart)
  }, [plot, width, redrawFor])

  const accessible =
    label === undefined ? { 'aria-hidden': true } : { role: 'img' as const, 'aria-label': label }
  return <div ref={place} class={`chart chart-${height}`} {...accessible} />
}

function usePlot(): PlotModule | undefined {
  const [plot, setPlot] = useState<PlotModule>()
  useEffect(() => {
    void plotModule.then((module) => setPlot(() => module))
  }, [])
  return plot
}

function useWidth(place: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const element = place.current
    if (element === null) return
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setWidth(Math.floor(entry.contentRect.width))
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return width
}
