import { describe, expect, it } from 'vitest';
import { appendEntry, continues, firstBrokenEntry } from '../../parsers/case/custody-log.ts';
import type { LogEntry } from '../../parsers/case/custody-log.ts';

const at = '2024-06-11T09:41:00+09:00';

function log(...names: readonly string[]): LogEntry[] {
  return names.reduce<LogEntry[]>(
    (entries, name) => appendEntry(entries, { what: 'bundle-opened', detail: { name, bytes: 1 } }, at),
    [],
  );
}

describe('the custody log', () => {
  it('is whole as it was written, also after a way through JSON', () => {
    const written = log('a', 'b', 'c');
    expect(firstBrokenEntry(JSON.parse(JSON.stringify(written)) as LogEntry[])).toBeNull();
    expect(firstBrokenEntry([])).toBeNull();
  });

  it('shows an entry that was rewritten', () => {
    const written = log('a', 'b', 'c');
    const rewritten = written.map((entry, index) =>
      index === 1 ? { ...entry, detail: { name: 'x' } } : entry,
    );
    expect(firstBrokenEntry(rewritten)).toBe(1);
  });

  it('shows an entry that was taken out, moved or put in', () => {
    const [a, b, c] = log('a', 'b', 'c') as [LogEntry, LogEntry, LogEntry];
    expect(firstBrokenEntry([a, c])).toBe(1);
    expect(firstBrokenEntry([b, a, c])).toBe(0);
    expect(firstBrokenEntry([a, ...log('x'), b, c])).toBe(1);
  });

  it('knows which log goes on from which', () => {
    const short = log('a', 'b');
    expect(continues(log('a', 'b', 'c'), short)).toBe(true);
    expect(continues(short, short)).toBe(true);
    expect(continues(short, [])).toBe(true);
    expect(continues(log('a', 'x', 'c'), short)).toBe(false);
    expect(continues(log('a'), short)).toBe(false);
  });
});
