import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Reads each request to its end and answers at once: what the load generator can do at most. */
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(202, { 'content-length': 2 }).end('{}')
  })
})
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
process.on('SIGTERM', () => {
  server.closeAllConnections()
  server.close()
})
