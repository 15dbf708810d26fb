import type { Level } from '../domain/evidence.ts';
import { levels } from '../domain/evidence.ts';
import { kernelBytes } from './heads-kernel.ts';
import { levelWords } from './level.ts';
import type { LineHead, StampForm } from './line-head.ts';
import type { ScannedLines } from './line-scanner.ts';
import { scannedMemory, stampsBytes } from './line-scanner.ts';
import { assumedYear } from './stamp.ts';

/*
 * Stamps and levels of many lines at once, by kernels/heads.ts in the memory of the scan that found the lines. Behind
 * what the scan uses stand, in bytes: the readings of one stamp, the level words, the heads with the steps of their
 * stamps, and what was read.
 */

/** Lines read at once: few enough to stay in the processor's cache. */
export const batchLines = 4096;
const wordsAt = 128;
const headsAt = 4096;
const headBytes = 128;
const mostHeads = 64;
const stepsAt = headsAt + mostHeads * headBytes;
const stepsEnd = 64 * 1024;
const batchAt = stepsEnd;

/** As the kernel knows them. */
const noOffset = 32_767;
const ofWords = 7;
const ofOthers = 8;
const knownMinuteAt = 32;
const knownMaskAt = 96;
/** Bytes of a minute that are remembered at most. */
const longestShared = 32;

/** Level of a line whose head has its own way of finding it. */
const unknownLevel = 255;

/** What stands at the heads of some lines, by their place among those; good until the next lines are read. */
export interface StampedBatch {
  /** The number of the head that read the line, from 1 on; 0 where none did: all else then says nothing. */
  readonly heads: Uint8Array;
  /** The clock's readings in milliseconds as if they stood in UTC. */
  readonly local: Float64Array;
  /** Minutes east of UTC, {@link noOffset} where none is stated. */
  readonly offsets: Int16Array;
  /** Places in the list of levels. */
  readonly levels: Uint8Array;
  /** Where the stamps start and end in the text that was scanned. */
  readonly starts: Uint32Array;
  readonly bodies: Uint32Array;
}

interface Exports {
  readHeads(
    memory: number,
    heads: number,
    headCount: number,
    words: number,
    text: number,
    ends: number,
    fromLine: number,
    toLine: number,
    out: number,
    room: number,
  ): void;
}

interface Kernel {
  readonly exports: Exports;
  /** Where its memory starts in that of the scan. */
  readonly at: number;
  readonly endsAt: number;
  readonly bytes: Uint8Array;
  readonly data: DataView;
  readonly batch: StampedBatch;
  /** Whose heads it holds. */
  loaded: StampedLines | null;
}

let shared: Kernel | null = null;

function kernel(): Kernel {
  shared ??= startKernel();
  return shared;
}

function startKernel(): Kernel {
  const { memory, endsAt, stampsAt: at } = scannedMemory();
  const { exports } = new WebAssembly.Instance(
    new WebAssembly.Module(Buffer.from(kernelBytes, 'base64')),
    // Of the environment it has the memory only.
    { env: { memory } },
  );
  const { buffer } = memory;
  const columns = at + batchAt;
  if (batchAt + batchLines * 20 > stampsBytes) throw new Error('too little room for stamps');
  const started: Kernel = {
    exports: exports as unknown as Exports,
    at,
    endsAt,
    bytes: new Uint8Array(buffer, at, stampsBytes),
    data: new DataView(buffer, at, stampsBytes),
    batch: {
      local: new Float64Array(buffer, columns, batchLines),
      starts: new Uint32Array(buffer, columns + batchLines * 8, batchLines),
      bodies: new Uint32Array(buffer, columns + batchLines * 12, batchLines),
      offsets: new Int16Array(buffer, columns + batchLines * 16, batchLines),
      levels: new Uint8Array(buffer, columns + batchLines * 18, batchLines),
      heads: new Uint8Array(buffer, columns + batchLines * 19, batchLines),
    },
    loaded: null,
  };
  loadWords(started);
  return started;
}

/** By letter the place of its first word, behind the last letter the end; then 40 bytes a word: text, mask, length, code. */
function loadWords({ bytes, data }: Kernel): void {
  let at = 128;
  for (let letter = 0; letter <= 26; letter += 1) {
    data.setUint32(wordsAt + letter * 4, at, true);
    for (const [word, level] of levelWords) {
      if (word.charCodeAt(0) - 0x61 !== letter) continue;
      const text = Buffer.from(word, 'latin1');
      bytes.set(text, wordsAt + at);
      bytes.fill(0xff, wordsAt + at + 16, wordsAt + at + 16 + text.length);
      data.setUint32(wordsAt + at + 32, text.length, true);
      data.setUint32(wordsAt + at + 36, levels.indexOf(level), true);
      at += 40;
    }
  }
}

/** The heads of a log as far as they are data: those before the first that is not, in the order in which they are tried. */
export class StampedLines {
  readonly heads: readonly LineHead[];
  /** Whether these are all heads of the log: a line that none of them reads has no head. */
  readonly isWhole: boolean;
  readonly #forms: readonly StampForm[];
  /** Whether a head has its own way of finding levels. */
  readonly #findsLevels: boolean;

  private constructor(heads: readonly LineHead[], forms: readonly StampForm[]) {
    this.heads = heads.slice(0, forms.length);
    this.isWhole = forms.length === heads.length;
    this.#forms = forms;
    this.#findsLevels = forms.some(({ level }) => typeof level === 'function');
  }

  /** Null where no line could be read by it. */
  static of(heads: readonly LineHead[]): StampedLines | null {
    const known = byHeads.get(heads);
    if (known !== undefined) return known;
    const forms: StampForm[] = [];
    let steps = 0;
    for (const { form } of heads) {
      steps += form?.steps.length ?? 0;
      if (form === undefined || forms.length === mostHeads || stepsAt + steps * 4 > stepsEnd) break;
      forms.push(form);
    }
    const made = forms.length === 0 ? null : new StampedLines(heads, forms);
    byHeads.set(heads, made);
    return made;
  }

  /**
   * Reads lines of the text that was scanned last, at most {@link batchLines}.
   *
   * @param levelMark the mark of lines that hold one of the heads' `levelMarks`; 0 where these were not looked for
   */
  read(scanned: ScannedLines, fromLine: number, toLine: number, levelMark: number): StampedBatch {
    const current = kernel();
    this.#load(current);
    const { exports, at, endsAt, batch } = current;
    exports.readHeads(
      at,
      at + headsAt,
      this.#forms.length,
      at + wordsAt,
      scanned.text.byteOffset,
      endsAt,
      fromLine,
      toLine,
      at + batchAt,
      batchLines,
    );
    if (this.#findsLevels) this.#findLevels(batch, scanned, fromLine, toLine, levelMark);
    return batch;
  }

  #findLevels(
    batch: StampedBatch,
    { text, ends, marks }: ScannedLines,
    fromLine: number,
    toLine: number,
    levelMark: number,
  ): void {
    for (let line = fromLine; line < toLine; line += 1) {
      const nth = line - fromLine;
      if (batch.heads[nth] === 0 || batch.levels[nth] !== unknownLevel) continue;
      const form = this.#forms[(batch.heads[nth] as number) - 1];
      if (typeof form?.level !== 'function') continue;
      const { level, levelMarks } = form;
      if (levelMark !== 0 && levelMarks !== null && ((marks[line] as number) & levelMark) === 0) {
        batch.levels[nth] = 0;
        continue;
      }
      const lineStart = line === 0 ? 0 : (ends[line - 1] as number) + 1;
      let end = ends[line] as number;
      while (end > lineStart && text[end - 1] === 0x0d) end -= 1;
      const start = batch.starts[nth] as number;
      let found = level(text, batch.bodies[nth] as number, end);
      if (found === 'none' && start > lineStart) found = level(text, lineStart, start);
      batch.levels[nth] = levels.indexOf(found);
    }
  }

  #load(current: Kernel): void {
    if (current.loaded === this) return;
    current.loaded = this;
    const { at, bytes, data } = current;
    let stepAt = stepsAt;
    this.#forms.forEach((form, index) => {
      const head = headsAt + index * headBytes;
      const prefix = form.shared !== null && form.shared.bytes <= longestShared ? form.shared : null;
      bytes.fill(0, head, head + headBytes);
      data.setUint32(head, at + stepAt, true);
      data.setUint32(head + 4, form.steps.length, true);
      data.setUint32(head + 8, prefix?.steps ?? 0, true);
      data.setUint32(head + 12, prefix?.bytes ?? 0, true);
      data.setUint32(head + 16, form.hasYear ? 0 : assumedYear, true);
      data.setInt32(head + 20, Number.isNaN(form.offset) ? noOffset : form.offset, true);
      data.setUint32(head + 24, form.within, true);
      data.setUint32(head + 28, levelMode(form.level), true);
      data.setFloat64(head + knownMinuteAt, Number.NaN, true);
      data.setUint32(head + 40, form.followedBy, true);
      bytes.fill(0xff, head + knownMaskAt, head + knownMaskAt + (prefix?.bytes ?? 0));
      for (const { kind, value, least, most } of form.steps) {
        bytes.set([kind, value, least, most], stepAt);
        stepAt += 4;
      }
    });
  }
}

/** By a format's heads, which live as long as the format. */
const byHeads = new WeakMap<readonly LineHead[], StampedLines | null>();

function levelMode(level: StampForm['level']): number {
  return level === 'words' ? ofWords : typeof level === 'function' ? ofOthers : levels.indexOf(level);
}

/** Minutes east of UTC as numbers that may be none. */
export function statedOffset(offset: number): number {
  return offset === noOffset ? Number.NaN : offset;
}

/** The level of a code that is known. */
export function levelOfCode(code: number): Level {
  return levels[code] ?? 'none';
}
