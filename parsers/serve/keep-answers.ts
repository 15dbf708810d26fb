/** Writes down what a window sees first of a bundle, for the next time that it is opened: see `remembered.ts`. */
import { open, rename, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FindingDetail, Locale } from '../../preload/contract/shapes.ts';
import { optionsKey } from '../case/options-key.ts';
import { rulesVersion } from '../rules/registry.ts';
import { toolVersion } from '../version.ts';
import { overview } from './overview.ts';
import type { Remembered } from './remembered.ts';
import { findingDetail, findingRow } from './rows.ts';
import type { Session, Snapshot } from './session.ts';
import { wordsOf } from './words.ts';

/** Findings kept in full; those beyond are there when the bundle has been read. */
const mostFindings = 500;
/** Findings worded between two looks at other requests. */
const atOnce = 25;

const pack = promisify(gzip);

export interface Kept {
  /** What the answers were made with: see {@link optionsKey}. */
  readonly key: string;
  readonly bytes: number;
}

/**
 * Writes what the session answers at present, as a whole or not at all. @returns null while the bundle is not read to
 * its end, when it changed meanwhile, or when it is locked: what a password protects is kept nowhere else
 */
export async function writeRemembered(session: Session, path: string): Promise<Kept | null> {
  const { snapshot } = session;
  if (snapshot === null || session.reading.phase !== 'ready') return null;
  const isLocked = snapshot.analysis.evidence.members.some(({ state }) => state === 'encrypted');
  if (isLocked || session.source?.password !== null) return null;
  const key = optionsKey(session.options, session.packFiles);
  const remembered: Remembered = {
    schema: 'patchtrail.remembered/1',
    tool: toolVersion,
    rules: rulesVersion,
    sha256: snapshot.analysis.bundle.sha256,
    findingTotal: snapshot.analysis.findings.length,
    mutedTotal: snapshot.muted.length,
    answers: { en: await answersIn(snapshot, 'en'), ja: await answersIn(snapshot, 'ja') },
  };
  const packed = await pack(JSON.stringify(remembered), { level: 3 });
  if (session.snapshot !== snapshot) return null;
  const incoming = `${path}.tmp`;
  try {
    const file = await open(incoming, 'w', 0o600);
    try {
      await file.writeFile(packed);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(incoming, path);
  } catch (error) {
    await rm(incoming, { force: true });
    throw error;
  }
  return { key, bytes: packed.length };
}

async function answersIn(snapshot: Snapshot, locale: Locale): Promise<Remembered['answers']['en']> {
  const { wording } = wordsOf(locale);
  const findings: FindingDetail[] = [];
  for (const finding of snapshot.analysis.findings.slice(0, mostFindings)) {
    if (findings.length % atOnce === 0) await breathe();
    findings.push(findingDetail(finding, snapshot, wording, locale));
  }
  return {
    overview: overview(snapshot, locale),
    findings,
    muted: snapshot.muted
      .slice(0, mostFindings)
      .map(({ finding, mute }) => ({ finding: findingRow(finding, snapshot, wording), mute: mute.id })),
  };
}

function breathe(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
