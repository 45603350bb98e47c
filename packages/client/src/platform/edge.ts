import type { Host } from './host.ts'

/** Runtimes without Node's modules: edge workers, browsers, Deno and Bun under their own conditions. */
export const host: Host = {
  env: (name) =>
    (globalThis as { process?: { env?: Readonly<Record<string, string | undefined>> } }).process?.env?.[name],
  fillRandom: (bytes) => void crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>),
  async gzip(text) {
    const compressed = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))
    return new Uint8Array(await new Response(compressed).arrayBuffer())
  },
  onIdleExit: () => () => {},
}
