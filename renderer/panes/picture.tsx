/** A picture of the bundle, and the rows that the analyst writes down from it. */
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { regionText } from '../../parsers/domain/transcription.ts';
import type { PictureRegion, TranscribedCells, Transcription } from '../../parsers/domain/transcription.ts';
import type { MemberRow } from '../../preload/contract/shapes.ts';
import { isCancelled } from '../evidence/evidence-client.ts';
import { asError, useEvidence } from '../evidence/evidence-context.tsx';
import { useLanguage } from '../i18n/language.tsx';
import type { TextKey } from '../i18n/messages.ts';
import { emptyDraft, flawOf, regionBetween } from '../state/transcriptions.ts';
import type { TranscriptionDraft } from '../state/transcriptions.ts';
import { useWindow } from '../state/window-store.ts';
import { baseName } from './citation.tsx';
import { Empty } from './pane.tsx';
import { problemOf, problemText } from './problem-text.ts';
import { ZoomedPicture } from './zoomed-picture.tsx';

/** Formats that the window shows as pictures: raster ones only, since SVG and the like can carry more than a picture. */
const pictureTypes: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
const mostPictureBytes = 16 * 1024 * 1024;

type PictureState =
  | { readonly is: 'loading' }
  | { readonly is: 'shown'; readonly url: string }
  | { readonly is: 'refused' }
  | { readonly is: 'failed'; readonly error: Error };

/** @param otherwise what is shown of a member that is no picture to show */
export function Picture({
  member,
  otherwise,
}: {
  readonly member: MemberRow;
  readonly otherwise: ReactNode;
}) {
  const { t } = useLanguage();
  const picture = usePicture(member.path);
  switch (picture.is) {
    case 'loading':
      return null;
    case 'refused':
      return otherwise;
    case 'failed':
      return <Empty>{problemText(t, problemOf(picture.error))}</Empty>;
    case 'shown':
      return <ShownPicture member={member.path} url={picture.url} />;
  }
}

function ShownPicture({ member, url }: { readonly member: string; readonly url: string }) {
  const { t } = useLanguage();
  const draft = useWindow(({ transcribing }) =>
    transcribing?.member === member ? transcribing.draft : null,
  );
  const setDraft = useWindow((state) => state.draftTranscription);
  const isOpen = useWindow((state) => state.case !== null);
  const start = (
    <button
      type="button"
      className="button"
      aria-pressed={draft !== null}
      disabled={!isOpen}
      title={isOpen ? undefined : t('transcribe.not-yet')}
      onClick={() => setDraft(member, draft === null ? emptyDraft : null)}
    >
      {t('transcribe.start')}
    </button>
  );
  if (draft === null) return <ZoomedPicture url={url} name={baseName(member)} tools={start} />;
  return (
    <>
      <div className="picture-bar">{start}</div>
      <Transcribing
        member={member}
        url={url}
        draft={draft}
        onDraft={(changed) => setDraft(member, changed)}
      />
    </>
  );
}

function usePicture(path: string): PictureState {
  const client = useEvidence();
  const [picture, setPicture] = useState<PictureState>({ is: 'loading' });
  useEffect(() => {
    const control = new AbortController();
    let url: string | null = null;
    client.request('bytes', { member: path, offset: 0, length: mostPictureBytes }, control.signal).then(
      ({ bytes, mediaType, total }) => {
        if (mediaType === null || !pictureTypes.has(mediaType) || total > bytes.length) {
          setPicture({ is: 'refused' });
          return;
        }
        url = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type: mediaType }));
        setPicture({ is: 'shown', url });
      },
      (error: unknown) => {
        if (!isCancelled(error)) setPicture({ is: 'failed', error: asError(error) });
      },
    );
    return () => {
      control.abort();
      if (url !== null) URL.revokeObjectURL(url);
    };
  }, [client, path]);
  return picture;
}

const noRows: readonly Transcription[] = [];

function Transcribing({
  member,
  url,
  draft,
  onDraft,
}: {
  readonly member: string;
  readonly url: string;
  readonly draft: TranscriptionDraft;
  readonly onDraft: (draft: TranscriptionDraft | null) => void;
}) {
  const all = useWindow<readonly Transcription[]>((state) => state.case?.content.transcriptions ?? noRows);
  const rows = all.filter((row) => row.member === member);
  return (
    <div className="transcribing">
      <Sheet
        alt={baseName(member)}
        url={url}
        marked={rows.filter((row) => row.id !== draft.id).map((row) => row.region)}
        region={draft.region}
        onRegion={(region) => onDraft({ ...draft, region })}
      />
      <div className="transcription-side">
        <Form
          key={draft.id ?? 'new'}
          member={member}
          draft={draft}
          onChange={onDraft}
          onClose={() => onDraft(null)}
        />
        <Rows rows={rows} onEdit={({ id, region, cells }) => onDraft({ id, region, cells })} />
      </div>
    </div>
  );
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The picture with its marked regions; dragging over it marks another. */
function Sheet({
  alt,
  url,
  marked,
  region,
  onRegion,
}: {
  readonly alt: string;
  readonly url: string;
  readonly marked: readonly PictureRegion[];
  readonly region: PictureRegion;
  readonly onRegion: (region: PictureRegion) => void;
}) {
  const [size, setSize] = useState<Size | null>(null);
  const [from, setFrom] = useState<{ readonly x: number; readonly y: number } | null>(null);
  const pixel = (event: React.PointerEvent<HTMLElement>): { readonly x: number; readonly y: number } => {
    const box = event.currentTarget.getBoundingClientRect();
    return {
      x: ((event.clientX - box.left) / box.width) * (size?.width ?? 0),
      y: ((event.clientY - box.top) / box.height) * (size?.height ?? 0),
    };
  };
  return (
    <div className="picture-scroll" role="group" aria-label={alt} tabIndex={0}>
      <div
        className="picture-sheet"
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.preventDefault();
          event.currentTarget.setPointerCapture(event.pointerId);
          setFrom(pixel(event));
        }}
        onPointerMove={(event) => {
          if (from !== null && size !== null) onRegion(regionBetween(from, pixel(event), size));
        }}
        onPointerUp={() => setFrom(null)}
        onPointerCancel={() => setFrom(null)}
      >
        <img
          src={url}
          alt={alt}
          draggable={false}
          onLoad={({ currentTarget: { naturalWidth: width, naturalHeight: height } }) =>
            setSize({ width, height })
          }
        />
        {size === null
          ? null
          : [...marked, region].map((one, index) => (
              <Mark key={index} region={one} size={size} isDraft={index === marked.length} />
            ))}
      </div>
    </div>
  );
}

function Mark({
  region,
  size,
  isDraft,
}: {
  readonly region: PictureRegion;
  readonly size: Size;
  readonly isDraft: boolean;
}) {
  if (region.width === 0 || region.height === 0) return null;
  return (
    <span
      className={`picture-mark ${isDraft ? 'draft' : ''}`}
      style={{
        left: `${(region.x / size.width) * 100}%`,
        top: `${(region.y / size.height) * 100}%`,
        width: `${(region.width / size.width) * 100}%`,
        height: `${(region.height / size.height) * 100}%`,
      }}
    />
  );
}

const regionFields: readonly (readonly [keyof PictureRegion, TextKey])[] = [
  ['x', 'transcribe.region-x'],
  ['y', 'transcribe.region-y'],
  ['width', 'transcribe.region-width'],
  ['height', 'transcribe.region-height'],
];

const cellFields: readonly (readonly [keyof TranscribedCells, TextKey])[] = [
  ['device', 'transcribe.device'],
  ['patch', 'transcribe.patch'],
  ['detectionStatus', 'transcribe.detection-status'],
  ['detectionDate', 'transcribe.detection-date'],
  ['deployStatus', 'transcribe.deploy-status'],
  ['deployDate', 'transcribe.deploy-date'],
  ['exitCode', 'transcribe.exit-code'],
  ['attempts', 'transcribe.attempts'],
];

function Form({
  member,
  draft,
  onChange,
  onClose,
}: {
  readonly member: string;
  readonly draft: TranscriptionDraft;
  readonly onChange: (draft: TranscriptionDraft) => void;
  readonly onClose: () => void;
}) {
  const { t } = useLanguage();
  const transcribe = useWindow((state) => state.transcribe);
  const [isTold, setTold] = useState(false);
  const flaw = flawOf(draft);
  const save = (): void => {
    setTold(flaw !== null);
    if (flaw !== null) return;
    transcribe(member, draft);
    // The next row is one of the same device as a rule.
    onChange({ ...emptyDraft, cells: { ...emptyDraft.cells, device: draft.cells.device } });
  };
  return (
    <form
      className="transcription-form"
      aria-label={t('transcribe.start')}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <p>{t('transcribe.hint')}</p>
      <fieldset>
        <legend>{t('transcribe.region')}</legend>
        {regionFields.map(([field, label]) => (
          <label key={field}>
            {t(label)}
            <input
              type="number"
              min={0}
              max={1_000_000}
              step={1}
              value={draft.region[field]}
              onChange={({ currentTarget: { valueAsNumber } }) =>
                onChange({ ...draft, region: { ...draft.region, [field]: wholePixels(valueAsNumber) } })
              }
            />
          </label>
        ))}
      </fieldset>
      {cellFields.map(([field, label]) => (
        <label key={field}>
          {t(label)}
          <input
            type="text"
            maxLength={2000}
            spellCheck={false}
            value={draft.cells[field]}
            onChange={({ currentTarget: { value } }) =>
              onChange({ ...draft, cells: { ...draft.cells, [field]: value } })
            }
          />
        </label>
      ))}
      {isTold && flaw !== null ? <p role="alert">{t(`transcribe.${flaw}`)}</p> : null}
      <div className="button-row">
        <button type="submit" className="button">
          {t('transcribe.save')}
        </button>
        <button type="button" className="button" onClick={onClose}>
          {t('transcribe.cancel')}
        </button>
      </div>
    </form>
  );
}

function wholePixels(value: number): number {
  return Number.isFinite(value) ? Math.min(1_000_000, Math.max(0, Math.round(value))) : 0;
}

function Rows({
  rows,
  onEdit,
}: {
  readonly rows: readonly Transcription[];
  readonly onEdit: (row: Transcription) => void;
}) {
  const { t } = useLanguage();
  const remove = useWindow((state) => state.removeTranscription);
  const undo = useWindow((state) => state.undo);
  const canUndo = useWindow((state) => state.steps.past.at(-1)?.kind === 'transcription');
  return (
    <section className="transcription-rows" aria-label={t('transcribe.title')}>
      <div className="note-head">
        <h3>{t('transcribe.title')}</h3>
        <button type="button" className="quiet" disabled={!canUndo} onClick={undo}>
          {t('transcribe.undo')}
        </button>
      </div>
      {rows.length === 0 ? <p>{t('transcribe.none')}</p> : null}
      <ul>
        {rows.map((row) => {
          const name = `${row.cells.device} · ${row.cells.patch}`;
          return (
            <li key={row.id}>
              <span>{name}</span>
              <small>
                {[row.cells.detectionStatus, row.cells.deployStatus, regionText(row.region)]
                  .filter((part) => part !== '')
                  .join(' · ')}
              </small>
              <span className="button-row">
                <button
                  type="button"
                  className="quiet"
                  aria-label={t('transcribe.edit-row', { row: name })}
                  onClick={() => onEdit(row)}
                >
                  {t('transcribe.edit')}
                </button>
                <button
                  type="button"
                  className="quiet"
                  aria-label={t('transcribe.delete-row', { row: name })}
                  onClick={() => remove(row.id)}
                >
                  {t('transcribe.delete')}
                </button>
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
