import type { FastifyInstance } from 'fastify'

import type { Services } from '../services.ts'
import { liveRoute } from './live-route.ts'
import { loginRoutes } from './login-routes.ts'
import { pageRoutes } from './page-routes.ts'
import { panelRoutes } from './panel-routes.ts'
import { dashboardRunRoutes } from './run-routes.ts'

/** Everything of the dashboard: the page, its data, its hints, its login. */
export async function dashboardRoutes(
  app: FastifyInstance,
  { dashboard, predictions, runs }: Services,
): Promise<void> {
  panelRoutes(app, dashboard, predictions)
  dashboardRunRoutes(app, dashboard, runs.store)
  liveRoute(app, dashboard)
  await pageRoutes(app, dashboard.directory)
  // In a scope of its own, for a form is read nowhere else.
  await app.register((scope) => loginRoutes(scope, dashboard))
}
