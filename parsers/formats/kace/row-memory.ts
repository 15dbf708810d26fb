import { detachedOrNull } from '../../text/detached.ts';
import type { Deployment, DeploymentStatus, Detection, DetectionStatus } from '../../domain/evidence.ts';

/** Times and what was stated of them that are remembered; beyond it everything is read anew. */
const mostRemembered = 300_000;
/** Forms of a deployment's cells that are compared one by one before they are looked up. */
const mostLatest = 16;

/** What a cell says of a detection, whenever it was; by the second those that were stated already. */
export interface DetectionForm {
  readonly status: DetectionStatus | null;
  readonly raw: string | null;
  readonly bySecond: Map<number, Detection>;
}

/** The cells that tell of a deployment, its time aside. */
export interface DeploymentCells {
  readonly raw: string | null;
  readonly exitCode: string | null;
  readonly attempts: string | null;
  readonly maximum: string | null;
  readonly reboot: string | null;
}

/** What they mean; by the second the deployments that were stated already. */
export interface DeploymentForm {
  readonly cells: DeploymentCells;
  readonly status: DeploymentStatus | null;
  readonly exitCode: number | null;
  readonly attempts: number | null;
  readonly maxAttempts: number | null;
  readonly reboot: string | null;
  readonly badAttempts: string | null;
  readonly badMaximum: string | null;
  readonly badExitCode: string | null;
  readonly bySecond: Map<number, Deployment>;
  /** Without a time: never, and absent. */
  never: Deployment | null;
  untimed: Deployment | null;
}

/**
 * What rows said so far: a million of them tell of some thousand times, each with a few words. Found by
 * numbers, without a look at the texts, the times or what was made of them.
 */
export class RowMemory {
  readonly #detections = new Map<string | null, DetectionForm>();
  readonly #deployments = new Map<string, DeploymentForm>();
  readonly #latest: DeploymentForm[] = [];
  #remembered = 0;

  detection(raw: string | null, read: (raw: string | null) => DetectionStatus | null): DetectionForm {
    let form = this.#detections.get(raw);
    if (form === undefined) {
      const own = detachedOrNull(raw);
      form = { status: read(own), raw: own, bySecond: new Map() };
      this.#note();
      this.#detections.set(own, form);
    }
    return form;
  }

  deployment(cells: DeploymentCells, read: (cells: DeploymentCells) => DeploymentForm): DeploymentForm {
    const latest = this.#latest;
    for (const form of latest) {
      const known = form.cells;
      if (
        known.raw === cells.raw &&
        known.exitCode === cells.exitCode &&
        known.attempts === cells.attempts &&
        known.maximum === cells.maximum &&
        known.reboot === cells.reboot
      )
        return form;
    }
    const key = JSON.stringify([cells.raw, cells.exitCode, cells.attempts, cells.maximum, cells.reboot]);
    let form = this.#deployments.get(key);
    if (form === undefined) {
      form = read({
        raw: detachedOrNull(cells.raw),
        exitCode: detachedOrNull(cells.exitCode),
        attempts: detachedOrNull(cells.attempts),
        maximum: detachedOrNull(cells.maximum),
        reboot: detachedOrNull(cells.reboot),
      });
      this.#note();
      this.#deployments.set(key, form);
    }
    if (latest.length >= mostLatest) latest.shift();
    latest.push(form);
    return form;
  }

  remember<T>(bySecond: Map<number, T>, second: number, value: T): void {
    this.#note();
    bySecond.set(second, value);
  }

  #note(): void {
    this.#remembered += 1;
    if (this.#remembered <= mostRemembered) return;
    this.#remembered = 0;
    for (const { bySecond } of this.#detections.values()) bySecond.clear();
    for (const { bySecond } of this.#deployments.values()) bySecond.clear();
    this.#detections.clear();
    this.#deployments.clear();
    this.#latest.length = 0;
  }
}

/**
 * A number that stands for a text of the form `YYYY-MM-DD HH:mm:ss` or `YYYY/MM/DD HH:mm:ss` and for no
 * other text; null for every other form. It says nothing of whether there is such a time.
 */
export function numberOfSecond(text: string): number | null {
  if (text.length !== 19) return null;
  const separator = text.charCodeAt(4);
  if ((separator !== 45 && separator !== 47) || text.charCodeAt(7) !== separator) return null;
  if (text.charCodeAt(10) !== 32 || text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return null;
  const year = pairAt(text, 0) * 100 + pairAt(text, 2) - 1990;
  const month = pairAt(text, 5);
  const day = pairAt(text, 8);
  const hour = pairAt(text, 11);
  const minute = pairAt(text, 14);
  const second = pairAt(text, 17);
  // What is no digit is far below 0; years far off would not fit into 31 bits.
  if (year < 0 || year > 50 || (month | day | hour | minute | second) < 0) return null;
  if (month > 12 || day > 31 || hour > 23 || minute > 59 || second > 59) return null;
  const number = ((((year * 13 + month) * 32 + day) * 24 + hour) * 60 + minute) * 60 + second;
  return separator === 45 ? number : -1 - number;
}

/** The number of two digits; far below 0 when they are none. */
function pairAt(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -100_000;
}
