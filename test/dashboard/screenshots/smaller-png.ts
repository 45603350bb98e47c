import { crc32, deflateSync, inflateSync } from 'node:zlib'

const SIGNATURE_BYTES = 8

interface Chunk {
  readonly type: string
  readonly data: Buffer
}

/**
 * The same picture in fewer bytes. The browser packs for speed and filters each line; flat pictures of pages pack better
 * unfiltered. Of 8 bits a channel and not interlaced, as the browser writes them; anything else is returned as it is.
 */
export function smallerPng(png: Buffer): Buffer {
  const chunks = chunksOf(png)
  const header = chunks.find(({ type }) => type === 'IHDR')?.data
  const channels = { 2: 3, 6: 4 }[header?.[9] ?? 0]
  if (header === undefined || channels === undefined || header[8] !== 8 || header[12] !== 0) return png

  const packed = Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data))
  const lines = unfiltered(inflateSync(packed), header.readUInt32BE(0) * channels, channels)
  const smaller = Buffer.concat([
    png.subarray(0, SIGNATURE_BYTES),
    written('IHDR', header),
    written('IDAT', deflateSync(lines, { level: 9, memLevel: 9, windowBits: 15 })),
    written('IEND', Buffer.alloc(0)),
  ])
  return smaller.length < png.length ? smaller : png
}

function chunksOf(png: Buffer): readonly Chunk[] {
  const chunks: Chunk[] = []
  for (let at = SIGNATURE_BYTES; at < png.length;) {
    const length = png.readUInt32BE(at)
    chunks.push({ type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) })
    at += length + 12
  }
  return chunks
}

/** Lines with filter 0 in front of each, which is none. */
function unfiltered(filtered: Buffer, lineBytes: number, pixelBytes: number): Buffer {
  const plain = Buffer.alloc(filtered.length)
  const stride = lineBytes + 1
  for (let start = 0; start < filtered.length; start += stride) {
    const filter = filtered[start]
    for (let at = start + 1; at < start + stride; at++) {
      const left = at - pixelBytes > start ? (plain[at - pixelBytes] ?? 0) : 0
      const above = start > 0 ? (plain[at - stride] ?? 0) : 0
      const corner = start > 0 && at - pixelBytes > start ? (plain[at - stride - pixelBytes] ?? 0) : 0
      plain[at] = (filtered[at] ?? 0) + predicted(filter, left, above, corner)
    }
  }
  return plain
}

/** What a byte's neighbours foretell of it, by the five filters of PNG. */
function predicted(filter: number | undefined, left: number, above: number, corner: number): number {
  switch (filter) {
    case 1:
      return left
    case 2:
      return above
    case 3:
      return (left + above) >> 1
    case 4:
      return nearest(left, above, corner)
    default:
      return 0
  }
}

function nearest(left: number, above: number, corner: number): number {
  const [toLeft, toAbove] = [Math.abs(above - corner), Math.abs(left - corner)]
  const toCorner = Math.abs(left + above - 2 * corner)
  if (toLeft <= toAbove && toLeft <= toCorner) return left
  return toAbove <= toCorner ? above : corner
}

function written(type: string, data: Buffer): Buffer {
  const chunk = Buffer.alloc(data.length + 12)
  chunk.writeUInt32BE(data.length, 0)
  chunk.write(type, 4, 'latin1')
  data.copy(chunk, 8)
  chunk.writeUInt32BE(crc32(chunk.subarray(4, data.length + 8)), data.length + 8)
  return chunk
}
