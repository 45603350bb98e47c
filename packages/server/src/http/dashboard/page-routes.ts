import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

import { type FileForm, type PageFile, readPageFiles } from './page-files.ts'

/**
 * What the page may load: itself. Scripts and styles come from files of this server, so whatever a model is called, it is
 * no script; and nothing can be sent elsewhere.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

const PAGE_HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

const A_YEAR = 'public, max-age=31536000, immutable'

/** The page at `/`, from the built files. They are read once: a new build is served after a restart. */
export async function pageRoutes(app: FastifyInstance, directory: string): Promise<void> {
  const schema = { hide: true } as object
  const files = await readPageFiles(directory)
  const index = files.find(({ path }) => path === 'index.html')
  if (index === undefined) {
    app.get('/', { schema }, async (_, reply) =>
      reply.headers(PAGE_HEADERS).type('text/html; charset=utf-8').code(503).send(NOT_BUILT),
    )
    return
  }
  for (const path of ['/', '/login']) {
    app.get(path, { schema }, async (request, reply) => sendFile(request, reply, index))
  }
  for (const file of files) {
    app.get(`/${file.path}`, { schema }, async (request, reply) => sendFile(request, reply, file))
  }
}

function sendFile(request: FastifyRequest, reply: FastifyReply, file: PageFile): FastifyReply {
  const form = bestForm(file, request.headers['accept-encoding'] ?? '')
  void reply.headers({
    ...PAGE_HEADERS,
    etag: form.etag,
    vary: 'accept-encoding',
    'cache-control': file.isHashed ? A_YEAR : 'no-cache',
  })
  if (knows(request.headers['if-none-match'], form.etag)) return reply.code(304).send()
  if (form.encoding !== undefined) reply.header('content-encoding', form.encoding)
  return reply.type(file.type).send(form.bytes)
}

function bestForm({ forms }: PageFile, accepted: string): FileForm {
  const takes = (encoding: string) =>
    new RegExp(`\\b${encoding}\\b(?!\\s*;\\s*q=0(?:\\.0+)?\\s*(?:,|$))`, 'i').test(accepted)
  const best = forms.find(({ encoding }) => encoding === undefined || takes(encoding))
  if (best === undefined) throw new Error('a file of the page has no plain form')
  return best
}

function knows(etags: string | undefined, etag: string): boolean {
  return etags?.split(',').some((each) => each.trim().replace(/^W\//, '') === etag) ?? false
}

const NOT_BUILT = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Mosaic Telemetry</title>
<h1>The dashboard is not built</h1>
<p>This server runs from a checkout whose dashboard was never built. Build it with <code>npm run build</code> and start the
server again. Everything else works: <a href="docs">the API</a>, <a href="health">health</a>.</p>
</html>
`
