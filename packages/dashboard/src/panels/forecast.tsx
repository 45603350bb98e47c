import { describePrediction } from '@mosaicstack/telemetry-client/describe'
import { providerOfModel, type PredictionQuery } from '@mosaicstack/telemetry-client/protocol'

import { dashboardApi } from '../api/dashboard-api.ts'
import { useLive } from '../api/live.ts'
import { useAnswer } from '../api/use-answer.ts'
import { PageHead } from '../parts/page-head.tsx'
import { Empty, Shown } from '../parts/shown.tsx'
import { goTo, useQuery } from '../routing/location.ts'
import { ForecastAnswer } from './forecast-answer.tsx'
import { ForecastForm } from './forecast-form.tsx'
import { readForecastQuery, writeForecastQuery } from './forecast-query.ts'

/** What will this task take? */
export function ForecastPage() {
  const query = readForecastQuery(useQuery())
  const { renewals } = useLive()
  const { loaded } = useAnswer('filters', (signal) => dashboardApi.filters(signal), 0)
  const models = loaded.kind === 'ready' ? loaded.value.values.model.map(({ value }) => value) : []
  const model = query.model ?? models[0]
  const asked =
    model === undefined ? undefined : { ...query, model, provider: query.provider ?? providerOfModel(model) }

  return (
    <>
      <PageHead title="Forecast" question="What will this task take?" />
      <div class="forecast">
        <ForecastForm
          asked={asked ?? { ...query, model: '', provider: query.provider ?? 'unknown' }}
          models={models}
          onChange={(next) => goTo(writeForecastQuery(next), { replace: true })}
        />
        {asked === undefined ? (
          <Empty title={loaded.kind === 'loading' ? 'Looking for models' : 'Which model?'}>
            <p>Name the model that shall do the task.</p>
          </Empty>
        ) : (
          <Answer asked={asked} renewal={renewals.numbers} />
        )}
      </div>
    </>
  )
}

function Answer({ asked, renewal }: { readonly asked: PredictionQuery; readonly renewal: number }) {
  const asking = useAnswer(JSON.stringify(asked), (signal) => dashboardApi.forecast(asked, signal), renewal)
  return (
    <div class="forecast-answer" aria-live="polite">
      <Shown asking={asking}>
        {(response) => {
          const words = describePrediction(asked, response)
          return words === undefined ? (
            <Empty title="Nothing is known of such a task yet">
              <p>Once some tasks have been reported there is a forecast of others.</p>
            </Empty>
          ) : (
            <ForecastAnswer asked={asked} response={response} words={words} />
          )
        }}
      </Shown>
    </div>
  )
}
