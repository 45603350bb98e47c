/** How often a property is tried: as often as asked, or as `npm run goals` asks in the environment. */
export function propertyRuns(usual: number): number {
  return Number(process.env['MOSAIC_PROPERTY_RUNS'] ?? usual)
}
