import { csvPath, type CsvPanel } from '../api/dashboard-api.ts'

/** Downloads the numbers of a panel for a spreadsheet. */
export function CsvLink({ panel, query }: { readonly panel: CsvPanel; readonly query: string }) {
  return (
    <a class="button button-small" href={csvPath(panel, query)} download={`${panel}.csv`}>
      CSV<span class="visually-hidden"> of this panel</span>
    </a>
  )
}
