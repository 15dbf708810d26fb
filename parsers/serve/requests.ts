import type { EvidenceMethod, EvidenceParams, EvidenceResult } from '../../preload/contract/evidence.ts';
import type { Filter } from '../../preload/contract/shapes.ts';
import { ExpectedError } from '../domain/errors.ts';
import { defaultLimits } from '../domain/limits.ts';
import { FoldedLineView, foldLines } from '../evidence/folded-lines.ts';
import { LineView, openLineView } from '../evidence/line-view.ts';
import { openRecordView } from '../evidence/record-view.ts';
import type { RecordColumn } from '../evidence/record-view.ts';
import { openRunView } from '../evidence/run-view.ts';
import { matchingRows } from '../evidence/search.ts';
import { inTurns } from '../evidence/steps.ts';
import { buildMatrix, cellOf, matrixCells, recordsOfCell } from './matrix.ts';
import { filterValues } from './filter-values.ts';
import { filterFindings, lineFilter, recordFilter, runFilter } from './filters.ts';
import { foldFile, foldedBelow, positionIn } from './folded-file.ts';
import {
  fileMatches,
  lineAtTime,
  lineMarks,
  linesElsewhere,
  matchTimes,
  recordMarks,
  stepLine,
  stepRecord,
} from './matches.ts';
import { buildTree, shownNodes } from './member-tree.ts';
import type { TreeNode } from './member-tree.ts';
import { nearestLine } from './nearest.ts';
import { momentOf, nearestRecord, nearestRun } from './nearest-row.ts';
import { findTargets, notePlaces } from './note-places.ts';
import { overview } from './overview.ts';
import { GridRecords, groupRow } from './record-rows.ts';
import { redactionPreview } from './redaction.ts';
import { codeView, findingDetail, findingRow, lineRow, memberRow, patchRow } from './rows.ts';
import { runDetail, runRow } from './runs.ts';
import { rememberedFindings } from './remembered.ts';
import type { Session, Snapshot } from './session.ts';
import { timeline } from './timeline.ts';
import { treesOf } from './trees.ts';
import type { Views } from './views.ts';
import { wordsOf } from './words.ts';
import { explainSubject } from './workbench.ts';

/** What answers one window's requests. */
export interface RequestContext {
  readonly session: Session;
  readonly views: Views;
}

type Handlers = {
  readonly [M in EvidenceMethod]: (
    params: EvidenceParams<M>,
    context: RequestContext,
    signal: AbortSignal,
  ) => EvidenceResult<M> | Promise<EvidenceResult<M>>;
};

/** A window of rows is never larger than this, whatever was asked. */
const mostRows = 2000;

/** Every request of the contract. Params were checked before. */
export const handlers: Handlers = {
  overview: ({ locale }, context) => {
    const { remembered } = context.session;
    if (remembered === null) return overview(snapshotOf(context), locale);
    // A step behind the answer itself, so that it is on its way first.
    setImmediate(() => context.session.tellSeen());
    return remembered.answers[locale].overview;
  },

  findings: async ({ locale, filter, from, to }, context, signal) => {
    const { remembered } = context.session;
    if (remembered !== null) {
      const chosen = await rememberedFindings(remembered, locale, filter, signal);
      const isAll = chosen.length === remembered.answers[locale].findings.length;
      return {
        total: isAll ? remembered.findingTotal : chosen.length,
        rows: chosen.slice(from, Math.min(to, from + mostRows)),
      };
    }
    const snapshot = snapshotOf(context);
    const chosen = await filterFindings(snapshot, filter, signal);
    const { wording } = wordsOf(locale);
    return {
      total: chosen.length,
      rows: chosen
        .slice(from, Math.min(to, from + mostRows))
        .map((finding) => findingRow(finding, snapshot, wording)),
    };
  },

  finding: ({ locale, id }, context) => {
    const { remembered } = context.session;
    if (remembered !== null) return remembered.answers[locale].findings.find((one) => one.id === id) ?? null;
    const snapshot = snapshotOf(context);
    const finding = snapshot.findingById.get(id);
    return finding === undefined ? null : findingDetail(finding, snapshot, wordsOf(locale).wording, locale);
  },

  stepFinding: async ({ from, step, filter }, context, signal) => {
    const { remembered } = context.session;
    const chosen =
      remembered === null
        ? await filterFindings(snapshotOf(context), filter, signal)
        : await rememberedFindings(remembered, 'en', filter, signal);
    if (chosen.length === 0) return null;
    const at = from === null ? -1 : chosen.findIndex((finding) => finding.id === from);
    const start = at === -1 ? (step === 1 ? -1 : chosen.length) : at;
    const position = (start + step + chosen.length) % chosen.length;
    const finding = chosen[position];
    return finding === undefined ? null : { id: finding.id, position, total: chosen.length };
  },

  openView: async ({ grid, filter, sort, group, fold }, { session, views }, signal) => {
    const snapshot = snapshotOf({ session, views });
    switch (grid) {
      case 'patches': {
        const columns = sort.flatMap(({ column, descending }) =>
          isRecordColumn(column) ? [{ column, descending }] : [],
        );
        const { analysis, lines } = snapshot;
        const view = await openRecordView(
          analysis.evidence,
          lines,
          recordFilter(snapshot, filter),
          columns,
          signal,
        );
        const rows =
          group === undefined || group.by === 'folder'
            ? GridRecords.plain(view)
            : await inTurns(GridRecords.grouped(snapshot, view, group, columns.length > 0), signal);
        return { view: views.add({ grid, snapshot, view: rows }), count: rows.count, records: view.count };
      }
      case 'lines': {
        const all = await openLineView(snapshot.lines, lineFilter(filter), signal);
        const view = fold === undefined ? all : await foldedView(snapshot, all, fold.open, signal);
        return { view: views.add({ grid, snapshot, view }), count: view.count };
      }
      case 'members': {
        if (group?.by === 'folder') {
          const nodes = shownNodes(await memberTree(snapshot, filter, sort, signal), group.folded);
          return { view: views.add({ grid: 'tree', snapshot, nodes }), count: nodes.length };
        }
        const positions = await memberPositions(snapshot, filter, sort, signal);
        return { view: views.add({ grid, snapshot, positions }), count: positions.length };
      }
      case 'runs': {
        const { analysis, lines } = snapshot;
        const view = await openRunView(analysis.evidence, lines, runFilter(snapshot, filter), sort, signal);
        return { view: views.add({ grid, snapshot, view }), count: view.count };
      }
    }
  },

  closeView: ({ view }, { views }) => {
    views.close(view);
    return null;
  },

  patchRows: ({ view, from, to, locale }, { views }) => {
    const open = views.get(view, 'patches');
    if (open === null) return [];
    const { wording } = wordsOf(locale);
    return open.view
      .window(from, Math.min(to, from + mostRows))
      .flatMap((row) => (row.is === 'record' ? patchRow(row.record, open.snapshot, wording, locale) : []));
  },

  groupedRows: ({ view, from, to, locale }, { views }) => {
    const open = views.get(view, 'patches');
    if (open === null) return [];
    const { wording } = wordsOf(locale);
    return open.view
      .window(from, Math.min(to, from + mostRows))
      .map((row) =>
        row.is === 'group'
          ? groupRow(row.group, open.snapshot)
          : patchRow(row.record, open.snapshot, wording, locale),
      );
  },

  lineRows: ({ view, from, to }, { views }) => {
    const open = views.get(view, 'lines');
    if (open === null) return [];
    const last = Math.min(to, open.view.count, from + mostRows);
    const { view: lines } = open;
    return range(from, last).map((position) => {
      const row = lineRow(lines.idAt(position), open.snapshot);
      const more = lines instanceof FoldedLineView ? lines.foldedBelow(position) : 0;
      return more === 0 ? row : { ...row, more };
    });
  },

  memberRows: ({ view, from, to }, { views }) => {
    const open = views.get(view, 'members');
    if (open === null) return [];
    return open.positions
      .slice(from, Math.min(to, from + mostRows))
      .map((position) => memberRow(position, open.snapshot));
  },

  treeRows: ({ view, from, to }, { views }) => {
    const open = views.get(view, 'tree');
    if (open === null) return [];
    return open.nodes.slice(from, Math.min(to, from + mostRows)).map(({ node, level, isOpen }) => ({
      path: node.path,
      name: node.name,
      level,
      isOpen,
      below: node.below,
      member: node.member === null ? null : memberRow(node.member, open.snapshot),
    }));
  },

  runRows: ({ view, from, to, locale }, { views }) => {
    const open = views.get(view, 'runs');
    if (open === null) return [];
    return open.view
      .window(from, Math.min(to, from + mostRows))
      .map((run) => runRow(run, open.snapshot, locale));
  },

  run: ({ id, locale }, context) => {
    const snapshot = snapshotOf(context);
    const run = snapshot.runById.get(id);
    return run === undefined ? null : runDetail(run, snapshot, locale);
  },

  matrix: async ({ filter, sort, bySystem }, { session, views }, signal) => {
    const snapshot = snapshotOf({ session, views });
    const { analysis, lines } = snapshot;
    const records = await openRecordView(
      analysis.evidence,
      lines,
      recordFilter(snapshot, filter),
      [],
      signal,
    );
    const matrix = await buildMatrix(snapshot, records.window(0, records.count), sort, signal, bySystem);
    return {
      view: views.add({ grid: 'matrix', snapshot, matrix }),
      devices: [...matrix.devices],
      patches: [...matrix.patches],
      hidden: matrix.hidden,
    };
  },

  matrixCells: ({ view, rows, columns, locale }, { views }) => {
    const open = views.get(view, 'matrix');
    if (open === null) return { view, rows, columns, states: new Uint8Array(0), marks: [] };
    return { view, ...matrixCells(open.matrix, rows, columns, wordsOf(locale).wording) };
  },

  matrixCell: ({ view, row, column }, { views }) => {
    const open = views.get(view, 'matrix');
    const finding = open?.matrix.marks.get(row * open.matrix.patches.length + column)?.finding;
    return {
      records: open === null ? [] : recordsOfCell(open.matrix, open.snapshot, row, column),
      finding: finding?.id ?? null,
    };
  },

  locateCell: ({ view, record }, { views }) => {
    const open = views.get(view, 'matrix');
    const found = open?.snapshot.analysis.evidence.record(record);
    return open === null || found === undefined ? null : cellOf(open.matrix, open.snapshot, found);
  },

  record: ({ id, locale }, context) => {
    const snapshot = snapshotOf(context);
    const record = snapshot.analysis.evidence.record(id);
    return record === undefined ? null : patchRow(record, snapshot, wordsOf(locale).wording, locale);
  },

  locateRecord: ({ view, record }, { views }) => views.get(view, 'patches')?.view.positionOf(record) ?? null,

  locateLine: ({ view, member, line }, { views }) => {
    const open = views.get(view, 'lines');
    const position = open?.snapshot.analysis.evidence.member(member)?.index;
    if (open === null || position === undefined) return null;
    const id = open.snapshot.lines.idOf(position, line - 1);
    return id === null ? null : open.view.positionOf(id);
  },

  locateMember: ({ view, member }, { views }) => {
    const tree = views.get(view, 'tree');
    if (tree !== null) {
      const wanted = tree.snapshot.analysis.evidence.member(member)?.index ?? -1;
      const shown = tree.nodes.findIndex(({ node }) => node.member === wanted);
      return wanted === -1 || shown === -1 ? null : shown;
    }
    const open = views.get(view, 'members');
    const index = open?.snapshot.analysis.evidence.member(member)?.index;
    const position = index === undefined ? -1 : (open?.positions.indexOf(index) ?? -1);
    return position === -1 ? null : position;
  },

  locateRun: ({ view, run }, { views }) => views.get(view, 'runs')?.view.positionOf(run) ?? null,

  nearestLine: ({ view, at, deviceKey }, { views }) => {
    const open = views.get(view, 'lines');
    if (open === null) return { before: null, after: null, undecidable: 'no-timed-lines', ofOthers: false };
    return nearestLine(open.snapshot, open.view, at, deviceKey);
  },

  nearestRow: ({ view, grid, deviceKey, kb, at }, context) => {
    const { evidence } = snapshotOf(context).analysis;
    const moment = at === null ? null : momentOf(at, deviceKey);
    if (grid === 'runs') {
      const runs = evidence.runs.filter((run) => evidence.deviceKey(run.device) === deviceKey);
      const open = context.views.get(view, 'runs');
      const shown = runs.filter(({ id }) => open?.view.positionOf(id) !== null);
      return nearestRun(shown.length > 0 ? shown : runs, moment);
    }
    const records = evidence.recordsOfDevice(deviceKey);
    const open = context.views.get(view, 'patches');
    const shown = records.filter(({ id }) => open?.view.positionOf(id) !== null);
    return nearestRecord(shown.length > 0 ? shown : records, kb, moment);
  },

  fileLines: ({ member, from, to }, context) => {
    const snapshot = snapshotOf(context);
    const draft = snapshot.analysis.evidence.member(member);
    const total = draft?.lines ?? 0;
    const position = draft?.index ?? -1;
    const ids = range(from, Math.min(to, total, from + mostRows)).map((line) =>
      snapshot.lines.idOf(position, line),
    );
    return { total, rows: ids.flatMap((id) => (id === null ? [] : [lineRow(id, snapshot, 'file')])) };
  },

  foldFile: async ({ member, open }, { session, views }, signal) => {
    const snapshot = snapshotOf({ session, views });
    const draft = snapshot.analysis.evidence.member(member);
    const file = await foldFile(
      snapshot.lines,
      draft?.index ?? -1,
      draft?.lines ?? 0,
      open.map((line) => line - 1),
      signal,
    );
    return { view: views.add({ grid: 'file', snapshot, file }), count: file.shown.length };
  },

  foldedLines: ({ view, from, to }, { views }) => {
    const open = views.get(view, 'file');
    if (open === null) return { rows: [], more: [] };
    const { file, snapshot } = open;
    const positions = range(from, Math.min(to, file.shown.length, from + mostRows));
    return {
      rows: positions.map((position) => lineRow(file.base + (file.shown[position] ?? 0), snapshot, 'file')),
      more: positions.map((position) => foldedBelow(file, position)),
    };
  },

  locateFolded: ({ view, line }, { views }) => {
    const open = views.get(view, 'file');
    return open === null ? null : positionIn(open.file, line - 1);
  },

  bytes: ({ member, offset, length }, context) => {
    const snapshot = snapshotOf(context);
    const position = snapshot.analysis.evidence.member(member)?.index ?? -1;
    return memberBytes(snapshot, position, offset, length);
  },

  tree: ({ member }, context) => treesOf(snapshotOf(context), member),

  timeline: async ({ filter, range: shown, buckets, locale }, context, signal) => {
    const snapshot = snapshotOf(context);
    const { time: _time, ...timeless } = filter;
    const { analysis, lines } = snapshot;
    const records = await openRecordView(
      analysis.evidence,
      lines,
      recordFilter(snapshot, timeless),
      [],
      signal,
    );
    const view = hasLineFilter(timeless)
      ? await openLineView(lines, { ...lineFilter(timeless), text: undefined }, signal)
      : new LineView(lines, null);
    const runs = await openRunView(analysis.evidence, lines, runFilter(snapshot, timeless), [], signal);
    return await inTurns(
      timeline(
        snapshot,
        records.window(0, records.count),
        runs.window(0, runs.count),
        view,
        timeless,
        shown,
        buckets,
        locale,
      ),
      signal,
    );
  },

  notePlaces: ({ targets }, context) => notePlaces(snapshotOf(context), targets),

  findTargets: ({ targets }, context) => findTargets(snapshotOf(context), targets),

  mute: ({ mutes }, { session }) => {
    session.mute(mutes);
    return null;
  },

  mutedFindings: ({ locale, from, to }, context) => {
    const { remembered } = context.session;
    if (remembered !== null) {
      const { muted } = remembered.answers[locale];
      return { total: remembered.mutedTotal, rows: muted.slice(from, to) };
    }
    const snapshot = snapshotOf(context);
    const { wording } = wordsOf(locale);
    return {
      total: snapshot.muted.length,
      rows: snapshot.muted.slice(from, Math.min(to, from + mostRows)).map(({ finding, mute }) => ({
        finding: findingRow(finding, snapshot, wording),
        mute: mute.id,
      })),
    };
  },

  explain: ({ locale, subject }, context) => explainSubject(snapshotOf(context), subject, locale),

  filterValues: ({ part, filter }, context, signal) =>
    filterValues(snapshotOf(context), part, filter, signal),

  search: async ({ filter }, context, signal) => {
    const snapshot = snapshotOf(context);
    const { analysis, lines } = snapshot;
    const [view, records] = [
      await openLineView(lines, lineFilter(filter), signal),
      await openRecordView(analysis.evidence, lines, recordFilter(snapshot, filter), [], signal),
    ];
    const elsewhere = await linesElsewhere(lines, lineFilter(filter), signal);
    const matches = context.views.add({ grid: 'matches', snapshot, matches: { lines: view, records } });
    return { lines: view.count, records: records.count, matches, elsewhere };
  },

  stepMatch: async ({ matches: name, among, view, from, time, step }, { views }, signal) => {
    const found = views.get(name, 'matches');
    if (found === null) return null;
    const { matches, snapshot } = found;
    if (among === 'patches') {
      const rows = views.get(view ?? '', 'patches')?.view ?? GridRecords.plain(matches.records);
      const stepped = await stepRecord(rows, matches.records, from, step, signal);
      const record = stepped === null ? null : rows.recordAt(stepped.position);
      if (stepped === null || record === null) return null;
      return {
        index: stepped.index,
        total: matches.records.count,
        target: { on: 'record', id: record.id },
      };
    }
    const lines = sameSnapshot(views.get(view ?? '', 'lines'), snapshot)?.view ?? matches.lines;
    const index =
      time === null
        ? ((await stepLine(lines, matches.lines, from, step, signal))?.index ?? null)
        : lineAtTime(matches.lines, time);
    if (index === null) return null;
    const id = matches.lines.idAt(index);
    const { line } = snapshot.lines.placeOf(id);
    const member = snapshot.lines.pathOf(id);
    return { index, total: matches.lines.count, target: { on: 'line', member, line: line + 1 } };
  },

  matchMarks: async ({ matches: name, view, buckets }, { views }, signal) => {
    const found = views.get(name, 'matches');
    const lines = sameSnapshot(views.get(view, 'lines'), found?.snapshot);
    const records = views.get(view, 'patches');
    if (found !== null && lines !== null) {
      return { view, marks: await lineMarks(lines.view, found.matches.lines, buckets, signal) };
    }
    if (found !== null && records !== null) {
      return { view, marks: await recordMarks(records.view, found.matches.records, buckets, signal) };
    }
    return { view, marks: new Uint8Array(buckets) };
  },

  matchTimes: ({ matches: name, range: shown, buckets }, { views }) => {
    const found = views.get(name, 'matches');
    return found === null ? [] : matchTimes(found.snapshot, found.matches, shown, buckets);
  },

  fileMatches: ({ member, text }, context, signal) =>
    fileMatches(snapshotOf(context).lines, member, text, signal),

  code: ({ code, locale }) => {
    const view = codeView(code, null, locale);
    return view.meaning === null ? null : view;
  },

  transcribe: async ({ transcriptions }, { session }) => {
    await session.transcribe(transcriptions);
    return null;
  },

  assumeZone: async ({ zone }, { session }) => {
    await session.assumeZone(zone);
    return null;
  },

  redactionPreview: (settings, context, signal) => redactionPreview(snapshotOf(context), settings, signal),

  limits: (_params, { session }) => ({ ...defaultLimits, ...session.limits }),
};

/** Ids of lines mean the same only within one reading of the bundle. */
function sameSnapshot<V extends { readonly snapshot: Snapshot }>(
  view: V | null,
  snapshot: Snapshot | undefined,
): V | null {
  return view?.snapshot === snapshot ? view : null;
}

function snapshotOf({ session }: RequestContext): Snapshot {
  const { snapshot } = session;
  if (snapshot === null) throw new ExpectedError('no-bundle');
  return snapshot;
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}

const recordColumns: ReadonlySet<string> = new Set<RecordColumn>([
  'device',
  'patch',
  'system',
  'detectionStatus',
  'detectedAt',
  'deploymentStatus',
  'deployedAt',
  'exitCode',
  'attempts',
  'maxAttempts',
  'reboot',
  'source',
]);

function isRecordColumn(column: string): column is RecordColumn {
  return recordColumns.has(column);
}

function foldedView(
  snapshot: Snapshot,
  view: LineView,
  open: readonly { readonly member: string; readonly line: number }[],
  signal: AbortSignal,
): Promise<LineView> {
  const ids = open.flatMap(({ member, line }) => {
    const position = snapshot.analysis.evidence.member(member)?.index;
    return position === undefined ? [] : (snapshot.lines.idOf(position, line - 1) ?? []);
  });
  return foldLines(snapshot.lines, view, ids, signal);
}

function hasLineFilter(filter: Filter): boolean {
  return filter.devices !== undefined || filter.members !== undefined || filter.levels !== undefined;
}

export async function memberPositions(
  snapshot: Snapshot,
  filter: Filter,
  sort: readonly { readonly column: string; readonly descending: boolean }[],
  signal: AbortSignal,
): Promise<readonly number[]> {
  const { members } = snapshot.analysis.evidence;
  const { systems } = filter;
  const paths = filter.members === undefined ? null : new Set(filter.members);
  const passing =
    systems === undefined && paths === null
      ? members
      : members.filter((member) => {
          if (systems !== undefined && (member.system === null || !systems.includes(member.system)))
            return false;
          return paths?.has(member.path) !== false;
        });
  const chosen =
    filter.text === undefined
      ? passing
      : await matchingRows(passing, filter.text, (member) => [member.path], signal);
  const positions = chosen.map((member) => member.index);
  for (const compare of memberOrder(snapshot, sort).reverse()) positions.sort(compare);
  return positions;
}

/** Comparisons by the columns of a sort, the most telling first. */
function memberOrder(
  snapshot: Snapshot,
  sort: readonly { readonly column: string; readonly descending: boolean }[],
): ((a: number, b: number) => number)[] {
  const { members } = snapshot.analysis.evidence;
  const value = (position: number, column: string): string | number => {
    const row = members[position];
    switch (column) {
      case 'path':
        return row?.path ?? '';
      case 'bytes':
        return row?.bytes ?? 0;
      case 'lines':
        return row?.lines ?? -1;
      case 'rows':
        return row?.rows ?? -1;
      case 'state':
        return row?.state ?? '';
      case 'kind':
        return row?.kind ?? '';
      case 'warnings':
        return row?.warnings ?? 0;
      case 'device':
        return row?.device?.name ?? '';
      default:
        return position;
    }
  };
  return sort.map(({ column, descending }) => {
    // Each is compared some twenty times, and there can be a million of them.
    const values = members.map((_, position) => value(position, column));
    return (a, b) => {
      const [x = '', y = ''] = [values[a], values[b]];
      const order = x < y ? -1 : x > y ? 1 : 0;
      return descending ? -order : order;
    };
  });
}

/** The last tree that was built of a bundle: folding and opening asks for the same one again. */
const trees = new WeakMap<Snapshot, { readonly key: string; readonly tree: Promise<readonly TreeNode[]> }>();

function memberTree(
  snapshot: Snapshot,
  filter: Filter,
  sort: readonly { readonly column: string; readonly descending: boolean }[],
  signal: AbortSignal,
): Promise<readonly TreeNode[]> {
  const key = JSON.stringify([filter, sort]);
  const known = trees.get(snapshot);
  if (known?.key === key) return known.tree;
  const [compare] = memberOrder(
    snapshot,
    sort.filter(({ column }) => column !== 'path'),
  );
  const { members } = snapshot.analysis.evidence;
  const tree = memberPositions(snapshot, filter, [], signal).then((positions) =>
    buildTree(members, positions, compare ?? null, signal),
  );
  trees.set(snapshot, { key, tree });
  tree.catch(() => trees.delete(snapshot));
  return tree;
}

function memberBytes(
  snapshot: Snapshot,
  position: number,
  offset: number,
  length: number,
): EvidenceResult<'bytes'> {
  const draft = snapshot.drafts.at(position);
  const { store } = snapshot.lines;
  if (draft === undefined) return { total: 0, bytes: new Uint8Array(0), mediaType: null };
  const place =
    draft.kept ??
    (draft.lines === null || draft.lines.count === 0
      ? null
      : {
          offset: draft.lines.start(0),
          length: draft.lines.end(draft.lines.count - 1) - draft.lines.start(0),
        });
  if (place === null) return { total: draft.bytes, bytes: new Uint8Array(0), mediaType: null };
  const count = Math.max(0, Math.min(length, place.length - offset));
  const bytes = Uint8Array.from(store.read(place.offset + offset, count));
  return {
    total: draft.bytes,
    bytes,
    mediaType: draft.state === 'image' ? mediaTypeOf(bytes, offset) : null,
  };
}

/** By the first bytes, never by the name: what a picture claims to be is not trusted. */
function mediaTypeOf(bytes: Uint8Array, offset: number): string | null {
  if (offset !== 0) return null;
  if (bytes[0] === 0x89 && bytes[1] === 0x50) return 'image/png';
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return 'image/jpeg';
  if (bytes[0] === 0x47 && bytes[1] === 0x49) return 'image/gif';
  if (bytes[8] === 0x57 && bytes[9] === 0x45) return 'image/webp';
  if (bytes[0] === 0x42 && bytes[1] === 0x4d) return 'image/bmp';
  return null;
}
