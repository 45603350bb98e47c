import type { ComponentChildren } from 'preact'

import { AdminPage } from './admin/admin-page.tsx'
import { estimates } from './panels/estimates.tsx'
import { ForecastPage } from './panels/forecast.tsx'
import { gates } from './panels/gates.tsx'
import { HealthPage } from './panels/health.tsx'
import { PanelPage } from './panels/panel-page.tsx'
import { RunsPage } from './panels/runs.tsx'
import { spend } from './panels/spend.tsx'
import { worth } from './panels/worth.tsx'

/** A question that the dashboard answers, under `?view=`. */
export interface View {
  readonly id: string
  readonly title: string
  readonly render: () => ComponentChildren
}

/** In the order of the navigation; the first is where everybody begins. */
export const views: readonly View[] = [
  { id: 'spend', title: 'Spend', render: () => <PanelPage panel={spend} /> },
  { id: 'forecast', title: 'Forecast', render: () => <ForecastPage /> },
  { id: 'worth', title: 'Worth', render: () => <PanelPage panel={worth} /> },
  { id: 'estimates', title: 'Estimates', render: () => <PanelPage panel={estimates} /> },
  { id: 'gates', title: 'Quality gates', render: () => <PanelPage panel={gates} /> },
  { id: 'runs', title: 'Runs', render: () => <RunsPage /> },
  { id: 'health', title: 'Health', render: () => <HealthPage /> },
  { id: 'instances', title: 'Instances', render: () => <AdminPage /> },
]
