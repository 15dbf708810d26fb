/**
 * Measures the engine on one bundle, in a process of its own so that its memory is its own, and prints
 * the figures as JSON. Run by bench.ts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { openLineView } from '../../parsers/evidence/line-view.ts';
import { servePort } from '../../parsers/serve/serve-port.ts';
import { Session } from '../../parsers/serve/session.ts';

export interface ProbeFigures {
  readonly openSeconds: number;
  readonly peakMegabytes: number;
  readonly lines: number;
  readonly bytesPerLine: number;
  readonly regexSeconds: number;
  readonly literalSeconds: number;
  readonly regexCount: number;
  readonly literalCount: number;
  readonly windowP95Milliseconds: number;
  readonly filterMilliseconds: number;
  readonly nearestMilliseconds: number;
}

/** What the searches look for; bench.ts gives ripgrep the same. */
export const regexQuery = 'ExitCode=(?!0)\\d+';
export const ripgrepQuery = 'ExitCode=[1-9][0-9]*';
export const literalQuery = 'handshake failed';

async function probe(bundle: string): Promise<ProbeFigures> {
  const spoolFolder = mkdtempSync(join(tmpdir(), 'patchtrail-bench-'));
  const session = new Session(() => undefined);
  try {
    const started = performance.now();
    await session.open({ path: bundle, password: null, zone: null, limits: {}, spoolFolder });
    const openSeconds = (performance.now() - started) / 1000;
    const { snapshot } = session;
    if (snapshot === null) throw new Error('nothing was read');
    const { lines } = snapshot;
    const count = async (expression: string, regex: boolean): Promise<{ seconds: number; count: number }> => {
      const from = performance.now();
      const view = await openLineView(lines, {
        text: { expression, regex, ignoreCase: false, ignoreWidth: false },
      });
      return { seconds: (performance.now() - from) / 1000, count: view.count };
    };
    const regex = await count(regexQuery, true);
    const literal = await count(literalQuery, false);
    const { port1, port2 } = new MessageChannel();
    servePort(nodePort(port1), session);
    const ask = asker(port2);
    const { view } = (await ask('openView', { grid: 'lines', filter: {}, sort: [], locale: 'en' })) as {
      view: string;
    };
    const windows: number[] = [];
    for (let index = 0; index < 200; index += 1) {
      const from = Math.floor(((index * 7919) % 1000) * (Math.max(0, lines.total - 200) / 1000));
      const began = performance.now();
      await ask('lineRows', { view, from, to: from + 200, locale: 'en' });
      windows.push(performance.now() - began);
    }
    const middle = lines.momentOf(lines.idAt(Math.floor(lines.placed / 2)));
    const scale = middle === null ? 0 : lines.scaleOfMoment(middle);
    const filterFrom = performance.now();
    await openLineView(lines, {
      levels: ['error', 'warning'],
      time: { from: scale - 3 * 86_400_000, to: scale + 3 * 86_400_000 },
    });
    const filterMilliseconds = performance.now() - filterFrom;
    const nearestFrom = performance.now();
    for (let index = 0; index < 1000; index += 1) lines.lowerBound(scale + index * 1000);
    const nearestMilliseconds = (performance.now() - nearestFrom) / 1000;
    port1.close();
    return {
      openSeconds,
      peakMegabytes: process.resourceUsage().maxRSS / 1024,
      lines: lines.total,
      bytesPerLine: lines.memory / Math.max(1, lines.total),
      regexSeconds: regex.seconds,
      literalSeconds: literal.seconds,
      regexCount: regex.count,
      literalCount: literal.count,
      windowP95Milliseconds: windows.sort((a, b) => a - b)[Math.floor(windows.length * 0.95)] ?? 0,
      filterMilliseconds,
      nearestMilliseconds,
    };
  } finally {
    session.close();
    rmSync(spoolFolder, { recursive: true, force: true });
  }
}

function nodePort(port: MessagePort): Parameters<typeof servePort>[0] {
  return {
    send: (message) => {
      port.postMessage(message);
    },
    listen: (onMessage, onClose) => {
      port.on('message', onMessage);
      port.on('close', onClose);
    },
  };
}

function asker(port: MessagePort): (method: string, params: unknown) => Promise<unknown> {
  let next = 1;
  const waiting = new Map<number, { done: (result: unknown) => void; fail: (error: Error) => void }>();
  port.on('message', (message: { type: string; id: number; result?: unknown; error?: unknown }) => {
    const entry = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.type === 'answer') entry?.done(message.result);
    else entry?.fail(new Error(JSON.stringify(message.error)));
  });
  return (method, params) =>
    new Promise((done, fail) => {
      const id = next;
      next += 1;
      waiting.set(id, { done, fail });
      port.postMessage({ type: 'request', id, method, params });
    });
}

const [bundle] = process.argv.slice(2);
if (bundle !== undefined && process.argv[1]?.includes('engine-probe') === true) {
  process.stdout.write(`${JSON.stringify(await probe(bundle))}\n`);
  process.exit(0);
}
