/** What was decoded of a member as a tree, beside the bytes that it was decoded from. */
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent } from 'react';
import { Panel } from 'react-resizable-panels';
import type { DecodedTree } from '../../preload/contract/shapes.ts';
import { Divider, Split } from '../app/split.tsx';
import { useAnswer } from '../evidence/evidence-context.tsx';
import { At } from '../grids/cells.tsx';
import { useLanguage } from '../i18n/language.tsx';
import { wordCode } from '../i18n/messages.ts';
import { bytesOfNode, nodeOfByte, treeRows, treeStep } from './decoded-tree.ts';
import type { ByteRange, TreeRow } from './decoded-tree.ts';
import { hexCells } from './hex.ts';

/** Bytes beside a tree that are shown at once. */
const shownBytes = 8 * 1024;

export function Decoded({
  member,
  trees,
}: {
  readonly member: string;
  readonly trees: readonly DecodedTree[];
}) {
  const { t } = useLanguage();
  const [at, setAt] = useState(0);
  const tree = trees[Math.min(at, trees.length - 1)];
  if (tree === undefined) return null;
  return (
    <section className="decoded" aria-label={t('decoded.title')}>
      <div className="hex-head">
        <strong>{wordCode(t, 'decoded-fact', tree.fact, tree.fact)}</strong>
        <span>
          {tree.asOf === null ? (
            ''
          ) : (
            <>
              {t('decoded.as-of')} <At at={tree.asOf} />
            </>
          )}
        </span>
        {trees.length > 1 ? (
          <select
            aria-label={t('decoded.choose')}
            value={at}
            onChange={({ currentTarget }) => setAt(Number(currentTarget.value))}
          >
            {trees.map((one, index) => (
              <option key={index} value={index}>
                {index + 1} · {one.citation.line ?? one.fact}
              </option>
            ))}
          </select>
        ) : null}
      </div>
      <TreeAndBytes key={at} member={member} tree={tree} />
    </section>
  );
}

function TreeAndBytes({ member, tree }: { readonly member: string; readonly tree: DecodedTree }) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [chosen, setChosen] = useState('0');
  const rows = useMemo(() => treeRows(tree.nodes, closed), [tree.nodes, closed]);
  const row = rows.find(({ path }) => path === chosen) ?? null;
  const lit = row === null ? null : bytesOfNode(row.node);
  const toggle = (path: string, isClosed: boolean): void => {
    const next = new Set(closed);
    if (isClosed) next.add(path);
    else next.delete(path);
    setClosed(next);
  };
  return (
    <Split name="decoded" orientation="horizontal">
      <Panel id="tree" defaultSize="38%" minSize="20%">
        <Tree rows={rows} chosen={chosen} onChoose={setChosen} onToggle={toggle} />
      </Panel>
      <Divider orientation="vertical" />
      <Panel id="bytes" minSize="20%">
        <Bytes
          member={member}
          bytes={tree.bytes}
          lit={lit}
          onByte={(byte) => {
            const path = nodeOfByte(tree.nodes, byte);
            if (path === null) return;
            // A node that is folded away is shown again.
            setClosed(new Set([...closed].filter((one) => !path.startsWith(`${one}.`))));
            setChosen(path);
          }}
        />
      </Panel>
    </Split>
  );
}

function Tree({
  rows,
  chosen,
  onChoose,
  onToggle,
}: {
  readonly rows: readonly TreeRow[];
  readonly chosen: string;
  readonly onChoose: (path: string) => void;
  readonly onToggle: (path: string, isClosed: boolean) => void;
}) {
  const { t } = useLanguage();
  const id = useId();
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  const onKeyDown = (event: KeyboardEvent<HTMLUListElement>): void => {
    const step = treeStep(rows, chosen, event.key);
    if (step === null) return;
    event.preventDefault();
    if (step.to === 'row') onChoose(step.path);
    else onToggle(step.path, step.to === 'close');
  };
  return (
    <ul
      ref={list}
      className="decoded-tree"
      role="tree"
      tabIndex={0}
      aria-label={t('decoded.title')}
      aria-activedescendant={`${id}-${chosen}`}
      onKeyDown={onKeyDown}
    >
      {rows.map(({ path, node, level, isOpen }) => {
        const hasBelow = node.children.length > 0;
        const label = wordCode(t, 'decoded-label', node.label, node.label);
        return (
          <li
            key={path}
            id={`${id}-${path}`}
            role="treeitem"
            aria-level={level}
            aria-selected={path === chosen}
            aria-expanded={hasBelow ? isOpen : undefined}
            style={{ paddingLeft: 8 + (level - 1) * 16 }}
            title={node.value === '' ? label : `${label}: ${node.value}`}
            onClick={() => onChoose(path)}
            onDoubleClick={() => {
              if (hasBelow) onToggle(path, isOpen);
            }}
          >
            <i
              aria-hidden="true"
              onClick={(event) => {
                event.stopPropagation();
                if (hasBelow) onToggle(path, isOpen);
              }}
            >
              {hasBelow ? (isOpen ? '▾' : '▸') : ''}
            </i>
            <span className="decoded-label">{label}</span>
            <span className="decoded-value">{node.value}</span>
            {node.offset === null ? null : (
              <span className="decoded-place" aria-hidden="true">
                {node.offset.toString(16).padStart(4, '0')}
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** The decoded bytes, those of the chosen node lit; a byte leads to its node. */
function Bytes({
  member,
  bytes,
  lit,
  onByte,
}: {
  readonly member: string;
  readonly bytes: Uint8Array | null;
  readonly lit: ByteRange | null;
  readonly onByte: (at: number) => void;
}) {
  const { t, number } = useLanguage();
  const frame = useRef<HTMLDivElement>(null);
  // A part of the bytes that begins on a row and holds the first lit byte.
  const page = Math.floor((lit?.from ?? 0) / shownBytes) * shownBytes;
  const asked = bytes === null ? { member, offset: page, length: shownBytes } : null;
  const { last } = useAnswer('bytes', asked, 0);
  const shown = bytes === null ? last?.bytes : bytes.subarray(page, page + shownBytes);
  const from = lit?.from ?? null;
  useEffect(() => {
    frame.current?.querySelector('.lit')?.scrollIntoView({ block: 'nearest' });
  }, [from, shown]);
  if (shown === undefined) return null;
  const litCount = lit === null ? 0 : lit.to - lit.from;
  return (
    <div className="decoded-bytes">
      <p className="decoded-range" role="status">
        {lit === null
          ? ''
          : t('decoded.range', {
              from: number(lit.from),
              to: number(Math.max(lit.from, lit.to - 1)),
              count: litCount,
            })}
      </p>
      <div
        ref={frame}
        className="byte-rows"
        tabIndex={0}
        role="group"
        aria-label={t('files.hex')}
        onClick={({ target }) => {
          const at = target instanceof HTMLElement ? target.dataset['at'] : undefined;
          if (at !== undefined) onByte(Number(at));
        }}
      >
        {hexCells(shown, page).map(({ address, cells }) => (
          <div key={address} className="byte-row">
            <span className="byte-address">{address.replace(/^0000/u, '')}</span>
            {cells.map(({ at, hex }) => (
              <span key={at} data-at={at} className={isLit(lit, at) ? 'byte lit' : 'byte'}>
                {hex}
              </span>
            ))}
            {/* The last row keeps its text in line with the others. */}
            {Array.from({ length: 16 - cells.length }, (_, index) => (
              <span key={`none-${index}`} className="byte">
                {'  '}
              </span>
            ))}
            <span className="byte-text">
              {cells.map(({ at, sign }) => (
                <span key={at} data-at={at} className={isLit(lit, at) ? 'lit' : ''}>
                  {sign}
                </span>
              ))}
            </span>
          </div>
        ))}
      </div>
    </div>
  );
}

function isLit(lit: ByteRange | null, at: number): boolean {
  return lit !== null && at >= lit.from && at < lit.to;
}
