/**
 * tsx scripts/reduce-pictures.ts FOLDER: PNG pictures of the window, as a browser writes them, become a third of their
 * size: a palette of at most 256 colours. Pictures that have one already stay as they are.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { constants, crc32, deflateSync, inflateSync } from 'node:zlib';

const signature = Buffer.from('89504e470d0a1a0a', 'hex');
const mostColours = 256;

interface Picture {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue: three bytes a pixel. */
  readonly pixels: Buffer;
}

/** @returns null for a picture that is not eight bits of RGB or RGBA, not interlaced */
function decode(png: Buffer): Picture | null {
  if (!png.subarray(0, 8).equals(signature)) return null;
  const packed: Buffer[] = [];
  let header: Buffer | null = null;
  for (let at = 8; at + 12 <= png.length;) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') header = body;
    if (type === 'IDAT') packed.push(body);
    at += 12 + length;
  }
  if (header === null) return null;
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const channels = header[9] === 2 ? 3 : header[9] === 6 ? 4 : 0;
  if (header[8] !== 8 || channels === 0 || header[12] !== 0) return null;
  const raw = inflateSync(Buffer.concat(packed));
  const stride = width * channels;
  const pixels = Buffer.alloc(width * height * 3);
  let above = Buffer.alloc(stride);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (stride + 1)] ?? 0;
    const line = Buffer.from(raw.subarray(y * (stride + 1) + 1, (y + 1) * (stride + 1)));
    for (let x = 0; x < stride; x += 1) {
      const left = x < channels ? 0 : (line[x - channels] ?? 0);
      const up = above[x] ?? 0;
      const corner = x < channels ? 0 : (above[x - channels] ?? 0);
      line[x] = ((line[x] ?? 0) + predicted(filter, left, up, corner)) & 0xff;
    }
    for (let x = 0; x < width; x += 1) line.copy(pixels, (y * width + x) * 3, x * channels, x * channels + 3);
    above = line;
  }
  return { width, height, pixels };
}

function predicted(filter: number, left: number, up: number, corner: number): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return up;
    case 3:
      return (left + up) >> 1;
    case 4: {
      const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
      return a <= b && a <= c ? left : b <= c ? up : corner;
    }
    default:
      return 0;
  }
}

/** The most frequent colours as they are, and others that are far from them; the rest become the nearest of these. */
function encode({ width, height, pixels }: Picture): Buffer {
  const counts = new Map<number, number>();
  for (let at = 0; at < pixels.length; at += 3) {
    const colour = pixels.readUIntBE(at, 3);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const byCount = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([colour]) => colour);
  const palette = byCount.slice(0, mostColours / 2);
  // Then those that are far enough from each other, so that a rare hue is not lost among many greys.
  for (const closest of [300, 60, 0]) {
    for (const colour of byCount.slice(mostColours / 2)) {
      if (palette.length >= mostColours) break;
      if (palette.every((other) => distance(colour, other) > closest)) palette.push(colour);
    }
  }
  const indices = new Map<number, number>();
  for (const colour of byCount) {
    let best = 0;
    for (let index = 1; index < palette.length; index += 1)
      if (distance(colour, palette[index] ?? 0) < distance(colour, palette[best] ?? 0)) best = index;
    indices.set(colour, best);
  }
  const lines = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      lines[y * (width + 1) + 1 + x] = indices.get(pixels.readUIntBE((y * width + x) * 3, 3)) ?? 0;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const colours = Buffer.alloc(palette.length * 3);
  palette.forEach((colour, index) => colours.writeUIntBE(colour, index * 3, 3));
  const packed = deflateSync(lines, { level: 9, memLevel: 9, strategy: constants.Z_DEFAULT_STRATEGY });
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('PLTE', colours),
    chunk('IDAT', packed),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function distance(a: number, b: number): number {
  const [red, green, blue] = [
    (a >> 16) - (b >> 16),
    ((a >> 8) & 255) - ((b >> 8) & 255),
    (a & 255) - (b & 255),
  ];
  return red * red + green * green + blue * blue;
}

function chunk(type: string, body: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(body.length, 0);
  named.copy(framed, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
}

/** Reduces every PNG of a folder in place. */
export function reducePictures(folder: string): void {
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.png'))) {
    const picture = decode(readFileSync(join(folder, name)));
    if (picture !== null) writeFileSync(join(folder, name), encode(picture));
  }
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new Error('Which folder? tsx scripts/reduce-pictures.ts FOLDER');
  reducePictures(folder);
}
