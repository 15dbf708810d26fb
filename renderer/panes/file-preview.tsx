/** One member: text with line numbers, a picture, or its first bytes. Nothing of it is ever executed. */
import { useEffect, useState } from 'react';
import { Panel } from 'react-resizable-panels';
import { defaultLimits, limitOfReason, writeLimit } from '../../parsers/domain/limits.ts';
import type { MemberRow } from '../../preload/contract/shapes.ts';
import { Divider, Split } from '../app/split.tsx';
import { isCancelled } from '../evidence/evidence-client.ts';
import { useAnswer, useEvidence } from '../evidence/evidence-context.tsx';
import { useLanguage } from '../i18n/language.tsx';
import { useWindow } from '../state/window-store.ts';
import type { OpenFile } from '../state/window-store.ts';
import { baseName } from './citation.tsx';
import { Decoded } from './decoded.tsx';
import { hexRows } from './hex.ts';
import { MemberNote, MemberNoteToggle } from './member-note.tsx';
import { MemberState, reasonText, sizeText } from './member-words.tsx';
import { Empty } from './pane.tsx';
import { Picture } from './picture.tsx';
import { problemOf, problemText } from './problem-text.ts';
import { TextView } from './text-view.tsx';

const hexPage = 8 * 1024;

export function FilePreview({ file }: { readonly file: OpenFile }) {
  const { t, locale, number } = useLanguage();
  const back = useWindow((state) => state.back);
  const cameFrom = useWindow((state) => state.cameFrom);
  const member = useMember(file.member);
  const [isNoting, setNoting] = useState(false);
  return (
    <section className="pane file" aria-label={t('region.file')}>
      <div className="pane-head">
        {cameFrom === null ? null : (
          <button type="button" className="button back" onClick={back} title={`${t('files.back')} (Alt+←)`}>
            ← {t(`place.${cameFrom}`)}
          </button>
        )}
        <h2 title={file.member}>{baseName(file.member)}</h2>
        {member === null ? null : (
          <>
            <MemberState member={member} />
            <small>
              {[
                member.encoding,
                member.lines === null
                  ? null
                  : t('files.lines', { lines: number(member.lines), count: member.lines }),
                sizeText(member.bytes, locale),
                member.reason === null ? null : reasonText(t, member.reason),
                member.unverified ? t('files.unverified') : null,
              ]
                .filter((part) => part !== null)
                .join(' · ')}
            </small>
          </>
        )}
        <MemberNoteToggle isOpen={isNoting} member={file.member} onToggle={() => setNoting(!isNoting)} />
      </div>
      {member?.reason === 'document-too-large' || (member?.state === 'refused' && member.reason !== null) ? (
        <MetLimit reason={member.reason} />
      ) : null}
      {member?.state === 'encrypted' ? <Locked /> : null}
      {isNoting ? <MemberNote member={file.member} /> : null}
      {member === null ? null : (
        <Content key={`${member.path} ${member.state}`} member={member} file={file} />
      )}
    </section>
  );
}

/** Which limit a member met that was refused, or read as text only, and the way to change it. */
function MetLimit({ reason }: { readonly reason: string }) {
  const { t } = useLanguage();
  const open = useWindow((state) => state.open);
  const changes = useWindow((state) => state.settings.limits);
  const name = limitOfReason(reason);
  if (name === null) return null;
  const value = writeLimit(name, changes[name] ?? defaultLimits[name]);
  return (
    <p className="met-limit">
      <span>{t('limits.met', { limit: t(`limits.name.${name}`), value })}</span>
      <button type="button" className="button" onClick={() => open('limits')}>
        {t('command.limits')}
      </button>
    </p>
  );
}

/** Nothing of a locked member was read, and the way to change that. */
function Locked() {
  const { t } = useLanguage();
  const open = useWindow((state) => state.open);
  return (
    <p className="met-limit">
      <span>{t('password.locked')}</span>
      <button type="button" className="button" onClick={() => open('password')}>
        {t('password.give')}
      </button>
    </p>
  );
}

/** The member's row, found by its place in a view of its own. */
function useMember(path: string): MemberRow | null {
  const client = useEvidence();
  const { locale } = useLanguage();
  const revision = useWindow((state) => state.revision);
  const [member, setMember] = useState<MemberRow | null>(null);
  useEffect(() => {
    const control = new AbortController();
    const find = async (): Promise<MemberRow | null> => {
      const { signal } = control;
      const { view } = await client.request(
        'openView',
        { grid: 'members', filter: { members: [path] }, sort: [], locale },
        signal,
      );
      const position = await client.request('locateMember', { view, member: path }, signal);
      const [row] =
        position === null
          ? []
          : await client.request('memberRows', { view, from: position, to: position + 1 }, signal);
      await client.request('closeView', { view }, signal);
      return row ?? null;
    };
    find().then(setMember, (error: unknown) => {
      if (!isCancelled(error)) console.error(error);
    });
    return () => control.abort();
  }, [client, path, locale, revision]);
  return member?.path === path ? member : null;
}

/** A member with what was decoded of it below its text, or in the place of its bare bytes. */
function Content({ member, file }: { readonly member: MemberRow; readonly file: OpenFile }) {
  const revision = useWindow((state) => state.revision);
  const { last: trees } = useAnswer('tree', { member: member.path }, revision);
  const plain = <PlainContent member={member} file={file} />;
  if (trees === null || trees.length === 0) return plain;
  const decoded = <Decoded member={member.path} trees={trees} />;
  if (member.lines === null || member.lines === 0) return decoded;
  return (
    <Split name="file-decoded" orientation="vertical">
      <Panel id="text" defaultSize="44%" minSize={60} collapsible>
        {plain}
      </Panel>
      <Divider orientation="horizontal" />
      <Panel id="decoded" minSize={120}>
        {decoded}
      </Panel>
    </Split>
  );
}

function PlainContent({ member, file }: { readonly member: MemberRow; readonly file: OpenFile }) {
  if (member.lines !== null && member.lines > 0) return <TextView member={member} file={file} />;
  return member.state === 'image' ? (
    <Picture member={member} otherwise={<Hex member={member} />} />
  ) : (
    <Hex member={member} />
  );
}

function Hex({ member }: { readonly member: MemberRow }) {
  const { t, number } = useLanguage();
  const [offset, setOffset] = useState(0);
  const { state, last, ...rest } = useAnswer('bytes', { member: member.path, offset, length: hexPage }, 0);
  if (state === 'failed' && 'error' in rest) return <Empty>{problemText(t, problemOf(rest.error))}</Empty>;
  if (last === null) return null;
  const end = offset + last.bytes.length;
  return (
    <div className="hex">
      <div className="hex-head">
        <span>
          {t('files.bytes-shown', { from: number(offset), to: number(end), total: number(last.total) })}
        </span>
        <button
          type="button"
          className="button"
          disabled={offset === 0}
          onClick={() => setOffset(Math.max(0, offset - hexPage))}
        >
          ‹ {t('files.bytes-before')}
        </button>
        <button
          type="button"
          className="button"
          disabled={end >= last.total}
          onClick={() => setOffset(offset + hexPage)}
        >
          {t('files.bytes-after')} ›
        </button>
      </div>
      <pre tabIndex={0} aria-label={t('files.hex')}>
        {hexRows(last.bytes, offset).join('\n')}
      </pre>
    </div>
  );
}
