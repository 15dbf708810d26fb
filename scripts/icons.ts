// The application's icon, drawn from a few shapes: two records that do not agree. Writes resources/icons/icon.svg
// and icon.png (512 pixels); run it with: npx tsx scripts/icons.ts
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';

const size = 512;
/** Samples per pixel and direction: smooth edges without a drawing library. */
const samples = 4;

/** A bar with round ends from one point to another; all lengths in pixels of the 512 wide picture. */
interface Bar {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  readonly width: number;
  readonly colour: string;
}

const ground = { inset: 16, radius: 104, colour: '#0f6b6b' };
const bars: readonly Bar[] = [
  { from: [136, 204], to: [376, 204], width: 46, colour: '#ffffff' },
  { from: [136, 308], to: [376, 308], width: 46, colour: '#ffffff' },
  { from: [314, 112], to: [198, 400], width: 58, colour: '#0f6b6b' },
  { from: [308, 126], to: [204, 386], width: 30, colour: '#f3a35c' },
];

const folder = join(import.meta.dirname, '..', 'resources', 'icons');
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'icon.svg'), svg());
writeFileSync(join(folder, 'icon.png'), png());

function svg(): string {
  const side = size - 2 * ground.inset;
  const lines = bars.map(
    ({ from, to, width, colour }) =>
      `  <line x1="${from[0]}" y1="${from[1]}" x2="${to[0]}" y2="${to[1]}" stroke="${colour}" ` +
      `stroke-width="${width}" stroke-linecap="round"/>\n`,
  );
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}">\n` +
    `  <rect x="${ground.inset}" y="${ground.inset}" width="${side}" height="${side}" rx="${ground.radius}" ` +
    `fill="${ground.colour}"/>\n${lines.join('')}</svg>\n`
  );
}

function png(): Buffer {
  const rows = Buffer.alloc(size * (1 + size * 4));
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      rows.set(pixel(x, y), y * (1 + size * 4) + 1 + x * 4);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  // Eight bits each of red, green, blue and alpha.
  header.set([8, 6, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Red, green, blue and alpha of a pixel: the mean over its samples, colours weighted by how much they cover. */
function pixel(x: number, y: number): readonly [number, number, number, number] {
  let covered = 0;
  const sum: [number, number, number] = [0, 0, 0];
  for (let row = 0; row < samples; row += 1) {
    for (let column = 0; column < samples; column += 1) {
      const colour = colourAt(x + (column + 0.5) / samples, y + (row + 0.5) / samples);
      if (colour === null) continue;
      covered += 1;
      for (const channel of [0, 1, 2] as const) {
        sum[channel] += Number.parseInt(colour.slice(1 + channel * 2, 3 + channel * 2), 16);
      }
    }
  }
  if (covered === 0) return [0, 0, 0, 0];
  const mean = (channel: 0 | 1 | 2): number => Math.round(sum[channel] / covered);
  return [mean(0), mean(1), mean(2), Math.round((255 * covered) / samples ** 2)];
}

function colourAt(x: number, y: number): string | null {
  const top = bars.findLast(({ from, to, width }) => distance(x, y, from, to) <= width / 2);
  if (top !== undefined) return top.colour;
  const reach = size / 2 - ground.inset - ground.radius;
  const dx = Math.max(Math.abs(x - size / 2) - reach, 0);
  const dy = Math.max(Math.abs(y - size / 2) - reach, 0);
  return Math.hypot(dx, dy) <= ground.radius ? ground.colour : null;
}

/** From a point to the nearest point of a line. */
function distance(x: number, y: number, [x1, y1]: Bar['from'], [x2, y2]: Bar['to']): number {
  const length = (x2 - x1) ** 2 + (y2 - y1) ** 2;
  const along = Math.min(1, Math.max(0, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length));
  return Math.hypot(x - x1 - along * (x2 - x1), y - y1 - along * (y2 - y1));
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** The checksum that ends every part of a PNG; Node has one of its own only from 22.2 on. */
function crc32(bytes: Buffer): number {
  let check = 0xffffffff;
  for (const byte of bytes) {
    check ^= byte;
    for (let bit = 0; bit < 8; bit += 1) check = (check >>> 1) ^ (check & 1 ? 0xedb88320 : 0);
  }
  return (check ^ 0xffffffff) >>> 0;
}
