#!/usr/bin/env node
/**
 * A coding agent waits for its hooks and its status line, so these two load nothing that they do not use: not even the
 * streams of this process, which take as long as all the rest of them. With any flag that is not theirs they take the
 * way of all commands, which knows what to say about it.
 */
const [command, ...rest] = process.argv.slice(2)
const isStatusline = command === 'statusline' && rest.length === 0
const isHook =
  command === 'hook' && rest[0] === 'claude-code' && rest.slice(1).every((flag) => flag === '--show-forecast')

if (isStatusline) {
  const { runStatusline } = await import('./statusline/run-statusline.ts')
  runStatusline()
} else if (isHook) {
  const { runHook } = await import('./hook/run-hook.ts')
  await runHook({ showForecast: rest.length > 1 })
} else {
  const { runProgram } = await import('./run-program.ts')
  await runProgram(process.argv)
}
