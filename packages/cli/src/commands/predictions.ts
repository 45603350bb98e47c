import type { Command } from 'commander'

import type { ProjectionFlags } from '../projection/open-projection.ts'
import { addStoreFlags } from '../store-place.ts'
import { withExample } from './with-example.ts'

export function addPredictions(program: Command): void {
  const predictions = program
    .command('predictions')
    .description('what predictions are made of: check it against the events, make it anew')
  withExample(predictions, 'mosaic-telemetry predictions verify')

  const verify = predictions
    .command('verify')
    .description(
      'compare the stored prediction units and the sums of the dashboard with the events, also while the server runs',
    )
  withExample(verify, 'mosaic-telemetry predictions verify')
  addProjectionFlags(verify).action(async (flags: ProjectionFlags) => {
    const { verifyProjection } = await import('../projection/verify-projection.ts')
    await verifyProjection(flags)
  })

  const rebuild = predictions
    .command('rebuild')
    .description('make the stored prediction units and the sums of the dashboard anew from the events')
  withExample(rebuild, 'mosaic-telemetry predictions rebuild')
  addProjectionFlags(rebuild).action(async (flags: ProjectionFlags) => {
    const { rebuildStoredProjection } = await import('../projection/rebuild-projection.ts')
    await rebuildStoredProjection(flags)
  })
}

function addProjectionFlags(command: Command): Command {
  return addStoreFlags(command)
    .option('--window-days <number>', 'days of events that the server predicts from')
    .option('--json', 'print JSON')
}
