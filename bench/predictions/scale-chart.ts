/** One small plot: a line over sizes, both axes logarithmic. */
export interface Panel {
  readonly title: string
  readonly unit: string
  readonly lines: readonly { readonly name: string; readonly values: readonly number[] }[]
}

const WIDTH = 340
const HEIGHT = 220
const MARGIN = { left: 56, right: 40, top: 36, bottom: 34 }
/** Readable on white and on black. */
const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #57606a }
  .title { font-weight: 600; fill: #24292f }
  .grid { stroke: #8c959f; stroke-opacity: .3 }
  .line0 { stroke: #0969da } .dot0 { fill: #0969da }
  .line1 { stroke: #bc4c00 } .dot1 { fill: #bc4c00 }
  @media (prefers-color-scheme: dark) {
    text { fill: #9198a1 } .title { fill: #f0f6fc }
    .line0 { stroke: #4493f8 } .dot0 { fill: #4493f8 }
    .line1 { stroke: #f0883e } .dot1 { fill: #f0883e }
  }`

/** Four panels, two by two. */
export function chart(sizes: readonly number[], panels: readonly Panel[]): string {
  const height = Math.ceil(panels.length / 2) * HEIGHT
  const label = panels.map((panel) => panel.title).join(', ')
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${2 * WIDTH} ${height}" role="img" aria-label="${label}">`,
    `<style>${STYLE}\n</style>`,
    ...panels.map((panel, index) => {
      const at = `translate(${(index % 2) * WIDTH} ${Math.floor(index / 2) * HEIGHT})`
      return `<g transform="${at}">\n${plot(sizes, panel)}\n</g>`
    }),
    '</svg>\n',
  ].join('\n')
}

function plot(sizes: readonly number[], { title, unit, lines }: Panel): string {
  const values = lines.flatMap((line) => line.values)
  const [low, high] = [
    Math.floor(Math.log10(Math.min(...values))),
    Math.ceil(Math.log10(Math.max(...values))),
  ]
  const top = Math.max(high, low + 2)
  const [first, last] = [Math.log10(sizes[0] ?? 1), Math.log10(sizes.at(-1) ?? 10)]
  const x = (size: number) =>
    MARGIN.left + ((Math.log10(size) - first) / (last - first)) * (WIDTH - MARGIN.left - MARGIN.right)
  const y = (value: number) =>
    HEIGHT - MARGIN.bottom - ((Math.log10(value) - low) / (top - low)) * (HEIGHT - MARGIN.top - MARGIN.bottom)

  const exponents = Array.from({ length: top - low + 1 }, (_, index) => low + index)
  return [
    `<text class="title" x="${MARGIN.left}" y="20">${title}, ${unit}</text>`,
    ...exponents.map((exponent) => grid(y(10 ** exponent), short(10 ** exponent))),
    ...sizes.map(
      (size) => `<text x="${x(size)}" y="${HEIGHT - 12}" text-anchor="middle">${short(size)} events</text>`,
    ),
    ...lines.map(({ name, values: own }, index) => {
      const points = own.map((value, at) => [x(sizes[at] ?? 1), y(value)] as const)
      return [
        `<polyline class="line${index}" fill="none" stroke-width="2" points="${points.map(coordinates).join(' ')}"/>`,
        ...points.map(
          (point) => `<circle class="dot${index}" r="3" cx="${fixed(point[0])}" cy="${fixed(point[1])}"/>`,
        ),
        lines.length > 1
          ? `<text class="dot${index}" x="${WIDTH - MARGIN.right}" y="${fixed((points.at(-1)?.[1] ?? 0) - 8)}" text-anchor="end">${name}</text>`
          : '',
      ].join('\n')
    }),
  ].join('\n')
}

function grid(y: number, label: string): string {
  const line = `<line class="grid" x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${fixed(y)}" y2="${fixed(y)}"/>`
  return `${line}<text x="${MARGIN.left - 8}" y="${fixed(y + 4)}" text-anchor="end">${label}</text>`
}

function coordinates([x, y]: readonly [number, number]): string {
  return `${fixed(x)},${fixed(y)}`
}

function fixed(value: number): string {
  return value.toFixed(1)
}

/** 0.01, 10, 1k, 100k, 10M. */
function short(value: number): string {
  if (value >= 1e6) return `${value / 1e6}M`
  return value >= 1e3 ? `${value / 1e3}k` : `${Number(value.toPrecision(1))}`
}
