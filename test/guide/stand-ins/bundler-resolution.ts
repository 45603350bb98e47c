import type { ResolveHook } from 'node:module'

/** Finds modules as a bundler does that knows the alias `@/`: Node itself wants complete paths. */
export const resolve: ResolveHook = (specifier, context, nextResolve) => {
  if (specifier === 'next/server') return nextResolve(fromRoot('stand-ins/next-server.js'), context)
  if (specifier.startsWith('@/'))
    return nextResolve(fromRoot(`examples/nextjs/${specifier.slice(2)}.js`), context)
  const isIncomplete = /^\.{1,2}\//.test(specifier) && !specifier.endsWith('.js')
  return nextResolve(isIncomplete ? `${specifier}.js` : specifier, context)
}

function fromRoot(path: string): string {
  return new URL(`../${path}`, import.meta.url).href
}
