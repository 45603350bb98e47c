import type { Server } from 'node:http'
import { Duplex } from 'node:stream'

/** A connection to an HTTP server of this process without the operating system between: what it costs is the server's. */
export class InMemoryConnection {
  readonly #serverSide: Duplex
  #onAnswer: () => void = () => {}

  constructor(server: Server) {
    this.#serverSide = new Duplex({
      read: () => {},
      // Answers are short: the head and the whole body are in what is written at once.
      writev: (_, done) => {
        done()
        this.#onAnswer()
      },
      write: (_, __, done) => {
        done()
        this.#onAnswer()
      },
    })
    Object.assign(this.#serverSide, {
      remoteAddress: '127.0.0.1',
      setTimeout: () => {},
      setKeepAlive: () => {},
    })
    server.emit('connection', this.#serverSide)
  }

  /** Resolves when the request is answered. */
  send(request: Buffer): Promise<void> {
    return new Promise((resolve) => {
      this.#onAnswer = resolve
      this.#serverSide.push(request)
    })
  }

  close(): void {
    this.#serverSide.destroy()
  }
}
