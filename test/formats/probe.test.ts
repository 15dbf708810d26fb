import { expect, it } from 'vitest';
import { probe } from '../../parsers/formats/probe.ts';

it('knows a page behind comments, and costs no more than the length of what is none', () => {
  const comments = '<!-- a -->\n'.repeat(200);
  expect(probe('a.txt', Buffer.from(`${comments}<html></html>`)).shape).toBe('html');
  expect(probe('a.txt', Buffer.from(`${comments}x`)).shape).toBe('text');
});
