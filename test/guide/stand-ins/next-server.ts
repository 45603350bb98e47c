/** As much of `next/server` as the examples use. */
export class NextResponse extends Response {
  static override json(body: unknown, init?: ResponseInit): NextResponse {
    return new NextResponse(JSON.stringify(body), init)
  }
}
