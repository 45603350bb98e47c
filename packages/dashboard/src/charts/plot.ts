// What is imported of Plot and nothing else: the rest of it stays out of the bundle.
export {
  areaY,
  axisX,
  axisY,
  barX,
  barY,
  dot,
  gridX,
  gridY,
  lineY,
  link,
  plot,
  ruleX,
  ruleY,
  text,
  tickX,
} from '@observablehq/plot'
import type { Plot } from '@observablehq/plot'

/** A chart with its scales. */
export type DrawnChart = (SVGSVGElement | HTMLElement) & Plot
