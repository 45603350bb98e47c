/** The service's main program and one task; lives until it is told to stop. */
await import('../examples/node-service/main')
await import('../examples/node-service/task-runner')
console.log('ready')
setInterval(() => {}, 1000)
