import type { ComponentChildren } from 'preact'

import type { Asking } from '../api/use-answer.ts'
import type { Problem } from '../api/outcome.ts'

/** Shows an answer, or which of the other states there is: loading, failed, out of date. */
export function Shown<T>({
  asking: { loaded, retry },
  children,
}: {
  readonly asking: Asking<T>
  readonly children: (value: T) => ComponentChildren
}) {
  if (loaded.kind === 'loading') return <Loading />
  if (loaded.kind === 'failed') return <Failed problem={loaded.problem} retry={retry} />
  return (
    <>
      {loaded.problem && <OutOfDate problem={loaded.problem} retry={retry} />}
      <div class={loaded.isStale ? 'answer is-stale' : 'answer'} aria-busy={loaded.isStale}>
        {children(loaded.value)}
      </div>
    </>
  )
}

function Loading() {
  return (
    <div class="loading" role="status">
      <span class="visually-hidden">Loading</span>
      <div class="bone bone-figures" />
      <div class="bone bone-chart" />
      <div class="bone bone-rows" />
    </div>
  )
}

function Failed({ problem, retry }: { readonly problem: Problem; readonly retry: () => void }) {
  return (
    <div class="notice notice-failed" role="alert">
      <h2>{problem.kind === 'unreachable' ? 'The server does not answer' : 'The server refused'}</h2>
      <p>
        {problem.kind === 'unreachable'
          ? 'It may be restarting. This page asks again by itself.'
          : problem.message}
      </p>
      <button type="button" class="button" onClick={retry}>
        Try again
      </button>
    </div>
  )
}

function OutOfDate({ problem, retry }: { readonly problem: Problem; readonly retry: () => void }) {
  return (
    <div class="banner" role="status">
      <span>
        {problem.kind === 'unreachable'
          ? 'The server does not answer. What you see is the last it said; this page asks again by itself.'
          : `What you see is out of date: ${problem.message}`}
      </span>
      <button type="button" class="button button-small" onClick={retry}>
        Try now
      </button>
    </div>
  )
}

/** Says that there is nothing, and what to do about it. */
export function Empty({
  title,
  children,
}: {
  readonly title: string
  readonly children?: ComponentChildren
}) {
  return (
    <div class="notice">
      <svg class="notice-art" viewBox="0 0 64 40" aria-hidden="true">
        <rect x="4" y="24" width="8" height="12" rx="2" />
        <rect x="18" y="16" width="8" height="20" rx="2" />
        <rect x="32" y="28" width="8" height="8" rx="2" />
        <rect x="46" y="8" width="8" height="28" rx="2" />
      </svg>
      <h2>{title}</h2>
      {children}
    </div>
  )
}

/** Says that there is something, but too little of it to conclude anything. */
export function TooLittle({ children }: { readonly children: ComponentChildren }) {
  return <p class="too-little">{children}</p>
}
