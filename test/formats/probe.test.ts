import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { probe } from '../../parsers/formats/probe.ts';

function shape(name: string, text: string): string {
  return probe(name, Buffer.from(text, 'utf8')).shape;
}

describe('probe', () => {
  it('knows a page below comments', () => {
    expect(
      shape('x', '<!-- saved from url=(0014)about:internet -->\n<!-- - -->\n<html><body>x</body></html>'),
    ).toBe('html');
    expect(shape('x', '<!-- <html> -->\nnothing else')).toBe('text');
  });

  it('knows a log that was emptied while it was written', () => {
    const nuls = '\0'.repeat(100_000);
    expect(shape('var/log/x.log', `${nuls}2024-05-10 09:12:00 a`)).toBe('text');
    expect(shape('var/log/x.log.1', `a\n${nuls}b\n`)).toBe('text');
    expect(shape('var/lib/x.db', nuls)).toBe('binary');
  });

  it.each([
    ['comments without a page', '<!-- a -->\n'.repeat(400)],
    ['comments that never end', '<!--'.repeat(1000)],
    ['headers without a type', 'a: b\n c\n'.repeat(400)],
  ])('is not held up by %s', (_, text) => {
    expect(shape('x', `${text}x`)).toBe('text');
  });
});
