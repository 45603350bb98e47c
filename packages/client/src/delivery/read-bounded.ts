/** Reads a body as text, or gives up with `undefined` beyond `maxBytes`. Either way the connection is free again. */
export async function readBounded(response: Response, maxBytes: number): Promise<string | undefined> {
  const announced = response.headers.get('content-length')
  // The common case, and the fast one. An encoded body may unpack to more than was announced.
  if (announced !== null && Number(announced) <= maxBytes && !response.headers.has('content-encoding')) {
    return response.text()
  }
  if (response.body === null) return ''

  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()

    bytes += value.byteLength
    if (bytes > maxBytes) {
      await reader.cancel()
      return undefined
    }
    text += decoder.decode(value, { stream: true })
  }
}
