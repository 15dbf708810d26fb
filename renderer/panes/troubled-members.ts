import { useEffect, useState } from 'react';
import type { MemberRow, Overview } from '../../preload/contract/shapes.ts';
import { isCancelled } from '../evidence/evidence-client.ts';
import type { EvidenceClient } from '../evidence/evidence-client.ts';
import { useLanguage } from '../i18n/language.tsx';

/** A bundle of more members than this is looked through only so far; the files view has all of them. */
const lookedThrough = 2_000;
const shown = 8;
const gravity: readonly MemberRow['state'][] = ['damaged', 'refused', 'encrypted', 'opaque', 'text'];

/** Members that were not understood, the gravest first. */
export function useTroubledMembers(client: EvidenceClient, overview: Overview): readonly MemberRow[] {
  const { locale } = useLanguage();
  const [rows, setRows] = useState<readonly MemberRow[]>([]);
  const { total } = overview.members;
  const other = total - overview.members.parsed - overview.members.image;
  useEffect(() => {
    if (other === 0) return undefined;
    const control = new AbortController();
    readMembers(client, locale, control.signal).then(setRows, (error: unknown) => {
      if (!isCancelled(error)) console.error(error);
    });
    return () => control.abort();
    // Anew with every overview: the same counts may be those of a worker that is no more.
  }, [client, locale, other, overview]);
  return other === 0 ? [] : rows;
}

async function readMembers(
  client: EvidenceClient,
  locale: 'en' | 'ja',
  signal: AbortSignal,
): Promise<readonly MemberRow[]> {
  const { view, count } = await client.request(
    'openView',
    { grid: 'members', filter: {}, sort: [], locale },
    signal,
  );
  try {
    const rows = await client.request(
      'memberRows',
      { view, from: 0, to: Math.min(count, lookedThrough) },
      signal,
    );
    return rows
      .filter(({ state }) => gravity.includes(state))
      .sort((a, b) => gravity.indexOf(a.state) - gravity.indexOf(b.state) || a.index - b.index)
      .slice(0, shown);
  } finally {
    client.request('closeView', { view }).catch((error: unknown) => {
      if (!isCancelled(error)) console.error(error);
    });
  }
}
