/** The parts of an OpenAPI document that the page shows. */
interface ApiDocument {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string }
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

interface Operation {
  readonly summary?: string
  readonly description?: string
  readonly security?: readonly Readonly<Record<string, unknown>>[]
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[]
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: unknown }>> }
  readonly responses?: Readonly<Record<string, { readonly description?: string }>>
}

/** The API as one page without a script, so that it opens on any machine, offline. */
export function docsPage(document: ApiDocument): string {
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) =>
      operationSection(method.toUpperCase(), path, operation),
    ),
  )
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escape(document.info.title)} API</title>
<style>${STYLE}</style>
<h1>${escape(document.info.title)} API <small>${escape(document.info.version)}</small></h1>
<p>${escape(document.info.description ?? '')} The same as a machine reads it: <a href="/openapi.json">openapi.json</a>.</p>
${operations.join('\n')}
</html>
`
}

const STYLE = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
  small { font-weight: normal; opacity: 0.7; }
  code, pre { font: 0.85em/1.5 ui-monospace, monospace; }
  section { border-top: 1px solid color-mix(in srgb, currentColor 20%, transparent); padding: 0.5rem 0; }
  h2 { font-size: 1rem; margin: 0.5rem 0 0; }
  pre { overflow-x: auto; padding: 0.75rem; background: color-mix(in srgb, currentColor 6%, transparent); }
  td { padding: 0 1rem 0 0; vertical-align: top; }
  summary { cursor: pointer; }
`

function operationSection(method: string, path: string, operation: Operation): string {
  const auth = Object.keys(operation.security?.[0] ?? {})[0]
  const parameters = (operation.parameters ?? []).map(
    ({ name, in: place }) => `<code>${escape(name)}</code> (${escape(place)})`,
  )
  const schema = Object.values(operation.requestBody?.content ?? {})[0]?.schema
  const answers = Object.entries(operation.responses ?? {}).map(
    ([status, { description }]) => `<tr><td>${escape(status)}<td>${escape(description ?? '')}`,
  )
  return `<section>
<h2><code>${escape(method)} ${escape(path)}</code></h2>
<p>${escape([operation.summary, operation.description].filter(Boolean).join('. '))}${auth === undefined ? '' : ` <small>Needs the ${auth === 'admin' ? 'admin token' : 'key of an instance'}.</small>`}</p>
${parameters.length === 0 ? '' : `<p>Parameters: ${parameters.join(', ')}</p>`}
${schema === undefined ? '' : `<details><summary>Body</summary><pre>${escape(JSON.stringify(schema, null, 2))}</pre></details>`}
<table>${answers.join('\n')}</table>
</section>`
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
