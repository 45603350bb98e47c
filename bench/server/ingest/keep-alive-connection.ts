import { connect, type Socket } from 'node:net'

/**
 * One HTTP connection over a bare socket, one request under way at a time. It shares the machine with the server it
 * measures: `node:http` would take as much of it as the server.
 */
export class KeepAliveConnection {
  readonly #socket: Socket
  #onAnswer: (status: number) => void = () => {}
  #status = 0
  /** Bytes of the answer that are still to come; -1 before its head has been read. */
  #missingBytes = -1

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk) => this.#read(chunk))
  }

  static open(port: number): Promise<KeepAliveConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () =>
        resolve(new KeepAliveConnection(socket)),
      )
      socket.once('error', reject)
    })
  }

  send(request: Buffer, onAnswer: (status: number) => void): void {
    this.#onAnswer = onAnswer
    this.#socket.write(request)
  }

  close(): void {
    this.#socket.destroy()
  }

  /** The head of an answer is short and arrives in one piece. */
  #read(chunk: Buffer): void {
    if (this.#missingBytes < 0) {
      const headBytes = chunk.indexOf('\r\n\r\n') + 4
      const head = chunk.toString('latin1', 0, headBytes)
      this.#status = Number(head.slice(9, 12))
      this.#missingBytes = Number(/content-length: (\d+)/i.exec(head)?.[1]) - (chunk.length - headBytes)
    } else {
      this.#missingBytes -= chunk.length
    }
    if (this.#missingBytes > 0) return
    this.#missingBytes = -1
    this.#onAnswer(this.#status)
  }
}
