import { IntlMessageFormat } from 'intl-messageformat';
import { distance, formatLocal, formatOffset } from '../domain/moment.ts';
import type { Clock, Moment } from '../domain/moment.ts';
import type { PatchState } from '../domain/patch-state.ts';
import type { Wording } from './wording.ts';
import english from '../../resources/locales/en/report.json' with { type: 'json' };
import japanese from '../../resources/locales/ja/report.json' with { type: 'json' };
import englishWindow from '../../resources/locales/en/window.json' with { type: 'json' };
import japaneseWindow from '../../resources/locales/ja/window.json' with { type: 'json' };

/** Keys of `resources/locales/<locale>/report.json`. Both files hold the same ones. */
export type ReportKey = keyof typeof english;

type Values = Readonly<Record<string, string | number>>;

const catalogues: Readonly<Record<Wording['locale'], Readonly<Record<ReportKey, string>>>> = {
  en: english,
  ja: japanese,
};

/** Words of runs, columns and states of the matrix are the window's: both show the same ones. */
const windowWords: Readonly<Record<Wording['locale'], Readonly<Record<string, string>>>> = {
  en: englishWindow,
  ja: japaneseWindow,
};

/** Columns whose heading goes by another name. */
const columnHeadings: Readonly<Record<string, string>> = {
  detectionStatus: 'detection',
  detectedAt: 'detected',
  deploymentStatus: 'deployment',
  deployedAt: 'deployed',
  exitCode: 'exit',
  lastResult: 'last-result',
};

/** The report's own texts in one language. */
export class ReportWords {
  readonly locale: Wording['locale'];
  /** The words of findings and of the vocabulary that rules share. */
  readonly wording: Wording;
  readonly #parsed = new Map<ReportKey, IntlMessageFormat>();

  constructor(wording: Wording) {
    this.locale = wording.locale;
    this.wording = wording;
  }

  text(key: ReportKey, values?: Values): string {
    let message = this.#parsed.get(key);
    if (message === undefined) {
      // Values may hold anything that a bundle holds: a `<` in them is no tag.
      message = new IntlMessageFormat(catalogues[this.locale][key], this.locale, undefined, {
        ignoreTag: true,
      });
      this.#parsed.set(key, message);
    }
    return String(message.format(values));
  }

  /** The wording of `<group>.<code>` for a code that comes from outside, else that of `<group>.other`. */
  coded(group: 'reason' | 'warning' | 'custody', code: string): string {
    const key = `${group}.${code}`;
    return isReportKey(key) ? this.text(key) : this.text(`${group}.other`, { code });
  }

  /** What a run does or one of its steps is called; the source's own word where there is no better one. */
  ofRun(what: 'operation' | 'step', name: string): string {
    return windowWords[this.locale][`run-${what}.${name}`] ?? name;
  }

  patchState(state: PatchState): string {
    return windowWords[this.locale][`matrix-state.${state}`] ?? state;
  }

  /** A column of the patch grid, as its heading has it. */
  column(id: string): string {
    return windowWords[this.locale][`column.${columnHeadings[id] ?? id}`] ?? id;
  }

  number(value: number): string {
    return value.toLocaleString(this.locale === 'ja' ? 'ja-JP' : 'en-GB');
  }

  list(items: readonly string[]): string {
    return items.join(this.text('list.separator'));
  }

  /** `1.2 MiB` */
  size(bytes: number): string {
    if (bytes < 1024) return this.text('size.bytes', { count: bytes });
    if (bytes < 1024 ** 2) return this.text('size.kib', { count: bytes / 1024 });
    if (bytes < 1024 ** 3) return this.text('size.mib', { count: bytes / 1024 ** 2 });
    return this.text('size.gib', { count: bytes / 1024 ** 3 });
  }

  /** `2024-05-10 09:12`: the clock's own reading to the digits that its precision supports. */
  time(moment: Moment): string {
    const reading = formatLocal(moment.local, moment.precision).replace('T', ' ');
    return moment.precision === 'minute' ? reading.slice(0, 16) : reading;
  }

  /** `to the minute, clock of the appliance` */
  timeDetail(moment: Moment): string {
    return this.text('time.detail', {
      precision: this.text(`time.precision.${moment.precision}`),
      clock: this.clock(moment.clock),
    });
  }

  clock(clock: Clock): string {
    return this.wording.word('clock', clock);
  }

  offset(moment: Moment): string {
    if (moment.offset === null) return this.text('time.offset.unknown');
    return this.text(`time.offset.${moment.offsetSource}`, { offset: formatOffset(moment.offset) });
  }

  /** How far two moments are apart, or null when they cannot be put on one scale. */
  apart(a: Moment, b: Moment): string | null {
    const between = distance(a, b);
    return between === null ? null : this.duration(Math.abs(between));
  }

  duration(milliseconds: number): string {
    if (milliseconds === 0) return this.text('time.distance.same');
    if (milliseconds < 1_000) return this.text('time.distance.milliseconds', { count: milliseconds });
    const seconds = Math.round(milliseconds / 1_000);
    if (seconds < 60) return this.text('time.distance.seconds', { count: seconds });
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60) {
      return seconds % 60 === 0
        ? this.text('time.distance.minutes', { count: minutes })
        : this.text('time.distance.minutes-seconds', { minutes, seconds: seconds % 60 });
    }
    const hours = Math.floor(minutes / 60);
    if (hours < 24) {
      return minutes % 60 === 0
        ? this.text('time.distance.hours', { hours })
        : this.text('time.distance.hours-minutes', { hours, minutes: minutes % 60 });
    }
    const days = Math.floor(hours / 24);
    return hours % 24 === 0
      ? this.text('time.distance.days', { count: days })
      : this.text('time.distance.days-hours', { days, hours: hours % 24 });
  }
}

export function isReportKey(key: string): key is ReportKey {
  return Object.hasOwn(english, key);
}
