/** What redaction takes out: kinds, own words, and a preview of what would change and what was only suspected. */
import { useEffect, useState } from 'react';
import { redactionKinds } from '../../parsers/domain/redaction.ts';
import type { EvidenceResult } from '../../preload/contract/evidence.ts';
import type { RedactionRowView } from '../../preload/contract/shapes.ts';
import { useEvidence } from '../evidence/evidence-context.tsx';
import { isCancelled } from '../evidence/evidence-client.ts';
import { useLanguage } from '../i18n/language.tsx';
import { redactionOf, toggledIn, withRedaction, withTokens, wordsIn } from '../state/redaction.ts';
import type { RedactionChoice } from '../state/redaction.ts';
import { useWindow, useWindowStore } from '../state/window-store.ts';
import { Modal, headingOf } from './modal.tsx';

type Preview = EvidenceResult<'redactionPreview'>;

export function RedactionDialog() {
  const { t, number } = useLanguage();
  const store = useWindowStore();
  const open = useWindow((state) => state.open);
  const before = useWindow((state) => state.overlayBefore);
  const openCase = useWindow((state) => state.case);
  const choice = openCase === null ? null : redactionOf(openCase.content);
  const { preview, problem, isLooking } = usePreview(choice);
  const change = (part: Partial<RedactionChoice>): void => {
    const { case: now } = store.getState();
    if (now !== null) store.setState({ case: { ...now, content: withRedaction(now.content, part) } });
  };
  // Back to where it was opened from; from a command there is nothing to go back to.
  const back = before === 'report' || before === 'export' ? before : null;
  if (choice === null) return null;
  const { kinds, words, ignored } = choice;
  return (
    <Modal label={t('command.redaction')} className="redaction-dialog">
      <h2>{headingOf(t('command.redaction'))}</h2>
      <p className="hint">{t('redaction.about')}</p>
      <fieldset className="redaction-kinds">
        <legend>{t('redaction.kinds')}</legend>
        {redactionKinds
          .filter((kind) => kind !== 'word')
          .map((kind) => (
            <label key={kind}>
              <input
                type="checkbox"
                checked={kinds.includes(kind)}
                onChange={() => change({ kinds: toggledIn(kinds, kind) })}
              />
              <span>{t(`redaction.kind.${kind}`)}</span>
            </label>
          ))}
      </fieldset>
      <label className="redaction-words">
        <span>{t('redaction.words')}</span>
        <textarea
          defaultValue={words.join('\n')}
          rows={3}
          spellCheck={false}
          onChange={({ currentTarget }) => change({ words: wordsIn(currentTarget.value) })}
        />
      </label>
      <div role="status" className="hint">
        {problem ??
          (isLooking || preview === null
            ? t('redaction.looking')
            : t('redaction.found', {
                replaced: number(preview.counts.replaced),
                suspected: number(preview.counts.suspected),
              }))}
      </div>
      {preview === null ? null : (
        <div className="redaction-tables">
          <RedactionTable
            title={t('redaction.replaced')}
            rows={preview.replaced}
            action={t('redaction.ignore')}
            onAct={({ value }) => change({ ignored: toggledIn(ignored, value) })}
          />
          <RedactionTable
            title={t('redaction.suspected')}
            rows={preview.suspected}
            action={t('redaction.take')}
            onAct={({ value }) => change({ words: [...words, value] })}
          />
        </div>
      )}
      {ignored.length === 0 ? null : (
        <p className="redaction-ignored">
          {t('redaction.ignored')}{' '}
          {ignored.map((value) => (
            <button
              key={value}
              type="button"
              className="button"
              aria-label={t('redaction.unignore', { value })}
              onClick={() => change({ ignored: toggledIn(ignored, value) })}
            >
              {value} ×
            </button>
          ))}
        </p>
      )}
      <div className="button-row">
        {back === null ? null : (
          <button type="button" className="button primary" onClick={() => open(back)}>
            {t(back === 'report' ? 'command.export-pdf' : 'command.export')}
          </button>
        )}
        <button
          type="button"
          className={back === null ? 'button primary' : 'button'}
          onClick={() => open('none')}
        >
          {t('action.close')}
        </button>
      </div>
    </Modal>
  );
}

function RedactionTable({
  title,
  rows,
  action,
  onAct,
}: {
  readonly title: string;
  readonly rows: readonly RedactionRowView[];
  readonly action: string;
  readonly onAct: (row: RedactionRowView) => void;
}) {
  const { t, number } = useLanguage();
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      {rows.length === 0 ? (
        <p className="hint">{t('redaction.none')}</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">{t('redaction.column.value')}</th>
              <th scope="col">{t('redaction.column.token')}</th>
              <th scope="col">{t('redaction.column.kind')}</th>
              <th scope="col">{t('column.count')}</th>
              <th scope="col">{t('column.place')}</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => {
              const place = row.places[0];
              const shown =
                place === undefined ? '' : `${place.member}${place.line === null ? '' : `:${place.line}`}`;
              return (
                <tr key={`${row.kind} ${row.token ?? row.value}`}>
                  <td className="mono">{row.value}</td>
                  <td className="mono">{row.token ?? '–'}</td>
                  <td>{t(`redaction.kind.${row.kind}`)}</td>
                  <td className="number">{number(row.count)}</td>
                  <td className="mono place" title={shown}>
                    {shown}
                  </td>
                  <td>
                    {row.kind === 'word' ? null : (
                      <button
                        type="button"
                        className="button"
                        aria-label={`${action}: ${row.value}`}
                        onClick={() => onAct(row)}
                      >
                        {action}
                      </button>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </section>
  );
}

/** Quiet time after the last change before the bundle is looked through again, in milliseconds. */
const lookAfter = 400;

/** Looks through the bundle whenever the choices change; a look under way is given up. */
function usePreview(choice: RedactionChoice | null): {
  readonly preview: Preview | null;
  readonly problem: string | null;
  readonly isLooking: boolean;
} {
  const client = useEvidence();
  const store = useWindowStore();
  const [preview, setPreview] = useState<{ readonly of: string; readonly result: Preview } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const key =
    choice === null
      ? null
      : JSON.stringify({ kinds: choice.kinds, words: choice.words, ignored: choice.ignored });
  useEffect(() => {
    if (key === null) return undefined;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      const { case: now } = store.getState();
      if (now === null) return;
      const { kinds, words, ignored, tokens } = redactionOf(now.content);
      const { annotations, bookmarks, mutes } = now.content;
      const notes = [
        ...annotations.map(({ note, quote, tags }) => [note, quote, ...tags].join('\n')),
        ...bookmarks.map(({ label }) => label),
        ...mutes.map(({ reason }) => reason),
      ];
      client
        .request('redactionPreview', { kinds, words, ignored, tokens: tokens ?? {}, notes }, abort.signal)
        .then(
          (result) => {
            setProblem(null);
            setPreview({ of: key, result });
            const { case: after } = store.getState();
            if (after !== null) {
              store.setState({ case: { ...after, content: withTokens(after.content, result.tokens) } });
            }
          },
          (error: unknown) => {
            if (!isCancelled(error)) setProblem(error instanceof Error ? error.message : String(error));
          },
        );
    }, lookAfter);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [key, client, store]);
  return { preview: preview?.result ?? null, problem, isLooking: preview?.of !== key };
}
