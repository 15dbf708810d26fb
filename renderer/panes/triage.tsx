/** The first answer: what is wrong, where, how bad, how many, what is missing. */
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { Locale, MemberRow, Overview } from '../../preload/contract/shapes.ts';
import { useEvidence } from '../evidence/evidence-context.tsx';
import { useTurn } from '../grids/turn.ts';
import { useLanguage } from '../i18n/language.tsx';
import { withOnly } from '../state/filters.ts';
import { useOverview } from '../state/overview.tsx';
import { useBridge, useWindow } from '../state/window-store.ts';
import { showMoment } from '../time/show-moment.ts';
import { CitationButton, baseName } from './citation.tsx';
import { reasonText } from './member-words.tsx';
import { useTroubledMembers } from './troubled-members.ts';
import { Empty } from './pane.tsx';
import { KindSign } from './severity.tsx';

export function Triage() {
  const { t } = useLanguage();
  const overview = useOverview();
  return (
    <section className="triage" aria-label={t('region.triage')}>
      {overview === null ? (
        <Empty>{t('triage.reading')}</Empty>
      ) : (
        <div className="triage-page">
          <Headline overview={overview} />
          <PacksInForce overview={overview} />
          <div className="triage-main">
            <WhatIsWrong overview={overview} />
          </div>
          <TriageSide overview={overview} />
        </div>
      )}
    </section>
  );
}

/** Laid out in a task of its own, after what is wrong: the first layout of a page is its dearest. */
function TriageSide({ overview }: { readonly overview: Overview }) {
  const isDue = useTurn();
  return (
    <div className="triage-side">
      {isDue ? (
        <>
          <ByDevice overview={overview} />
          <EvidenceCard overview={overview} />
          <ScaleCard overview={overview} />
          <MembersCard overview={overview} />
        </>
      ) : null}
    </div>
  );
}

/** By which packs of the site the bundle was read: a rule that is off finds nothing, and that is no health. */
function PacksInForce({ overview }: { readonly overview: Overview }) {
  const { t, number } = useLanguage();
  const { packs = [] } = overview;
  if (packs.length === 0) return null;
  const separator = ' · ';
  return (
    <div className="triage-packs" role="note">
      <p className="hint" title={packs.map(({ name, sha256 }) => `${name}\n${sha256}`).join('\n')}>
        {t('triage.packs', { packs: packs.map(({ name }) => name).join(separator) })}
      </p>
      {packs.map(({ name, sha256, assume, off }) => (
        <div key={sha256}>
          {off.length === 0 ? null : (
            <p className="hint" title={off.map(({ rule, reason }) => `${rule}: ${reason}`).join('\n')}>
              {t('triage.rules-off', {
                pack: name,
                rules: off.map(({ title }) => title).join(separator),
              })}
            </p>
          )}
          {assume.length === 0 ? null : (
            <p className="hint">
              {t('triage.assumed-by-pack', {
                pack: name,
                values: assume
                  .map(({ rule, parameter, value }) => `${rule} ${parameter} = ${number(value)}`)
                  .join(separator),
              })}
            </p>
          )}
        </div>
      ))}
    </div>
  );
}

function Headline({ overview }: { readonly overview: Overview }) {
  const { t, number } = useLanguage();
  const open = useWindow((state) => state.open);
  const isReading = useWindow((state) => state.bundle.phase === 'reading');
  const settings = useWindow((state) => state.settings);
  const { devices, records, findings, counts, lines, members, bundle, span } = overview;
  const counted = { devices: devices.length, records };
  const headline =
    records === 0 && findings.total === 0
      ? // Nothing to look at is not the same as nothing found.
        t(isReading ? 'triage.headline-reading' : 'triage.headline-nothing')
      : findings.contradictions > 0
        ? t('triage.headline-contradictions', { ...counted, contradictions: findings.contradictions })
        : findings.total > 0
          ? t('triage.headline-findings', { ...counted, count: findings.total })
          : t('triage.headline-clean', counted);
  const notUnderstood = members.opaque + members.damaged + members.refused + members.encrypted;
  const targeted = counts.targeted ?? devices.length;
  const setting = { mode: settings.times, zone: settings.zone };
  return (
    <header className="triage-head">
      <h1>{headline}</h1>
      <p className="triage-sub">
        {bundle.name} · {t('triage.files', { total: members.total, other: notUnderstood })}
        {isReading
          ? ''
          : ` · ${t('triage.read-in', { seconds: (overview.readMilliseconds / 1000).toFixed(1) })}`}
        {overview.zones.map((zone) => ` · ${zone}`).join('')}
        {overview.zoneUnknown ? (
          <>
            {overview.zones.length === 0 ? ` · ${t('triage.zone-unknown')}` : ''}{' '}
            <button type="button" className="link" onClick={() => open('assume-zone')}>
              {t('triage.zone-set')}
            </button>
          </>
        ) : null}
      </p>
      <dl className="facts">
        <Fact
          value={number(targeted)}
          label={t(counts.targeted === null ? 'fact.devices' : 'fact.targeted')}
        />
        <Fact value={number(counts.deploymentRan)} label={t('fact.ran')} />
        <Fact value={number(counts.deploymentSucceeded)} label={t('fact.succeeded')} />
        <Fact
          value={
            counts.deploymentFailed === 0
              ? '0'
              : t('fact.of', { part: number(counts.deploymentFailed), whole: number(targeted) })
          }
          label={t('fact.failed')}
          isBad={counts.deploymentFailed > 0}
        />
        <Fact value={number(records)} label={t('fact.records')} />
        <Fact value={number(lines.total)} label={t('fact.lines')} />
        {span === null ? null : (
          <Fact
            value={`${showMoment(span.from, setting).date} … ${showMoment(span.to, setting).date}`}
            label={t('fact.span')}
          />
        )}
      </dl>
    </header>
  );
}

function Fact({
  value,
  label,
  isBad = false,
}: {
  readonly value: string;
  readonly label: string;
  readonly isBad?: boolean;
}) {
  return (
    <div className={isBad ? 'bad' : ''}>
      <dd>{value}</dd>
      <dt>{label}</dt>
    </div>
  );
}

function Card({
  title,
  label,
  children,
}: {
  readonly title: string;
  readonly label?: string;
  readonly children: ReactNode;
}) {
  return (
    <section className="card" aria-label={label ?? title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function WhatIsWrong({ overview }: { readonly overview: Overview }) {
  const { t } = useLanguage();
  const { groups, undecided } = overview;
  const notes = groups.filter(({ kind }) => kind === 'note');
  const rest = groups.filter(({ kind }) => kind !== 'note');
  return (
    <Card title={t('triage.wrong')} label={t('region.findings')}>
      {rest.length === 0 ? (
        <p className="hint">
          {t(overview.records === 0 ? 'triage.nothing-to-look-at' : 'triage.nothing-found')}
        </p>
      ) : null}
      <ul className="groups">
        {rest.map((group) => (
          <Group key={group.rule} group={group} />
        ))}
        {undecided.length > 0 ? <Undecided overview={overview} /> : null}
        {notes.map((group) => (
          <Group key={group.rule} group={group} />
        ))}
      </ul>
    </Card>
  );
}

type FindingGroup = Overview['groups'][number];

function Group({ group }: { readonly group: FindingGroup }) {
  const { t } = useLanguage();
  const showFinding = useWindow((state) => state.showFinding);
  const [first] = group.findings;
  const extent = [
    group.devices > 0 ? t('triage.devices', { count: group.devices }) : '',
    group.patches > 0 ? t('triage.patches', { count: group.patches }) : '',
  ].filter((part) => part !== '');
  return (
    <li className="group">
      <KindSign kind={group.kind} severity={group.severity} />
      <button
        type="button"
        className="group-open"
        onClick={() => {
          if (first !== undefined) showFinding(first);
        }}
      >
        <strong>{group.title}</strong>
        <span className="visually-hidden">
          {' '}
          {t(`kind.${group.kind}`)}, {t(`severity.${group.severity}`)}.{' '}
        </span>
        <span className="group-extent">
          {group.count > 1
            ? `${t('triage.times', { count: group.count })}${extent.length > 0 ? ' · ' : ''}`
            : ''}
          {extent.join(' · ')} ›
        </span>
      </button>
      <p>
        {group.example}{' '}
        {group.citation === null ? null : <CitationButton citation={group.citation} isShort />}
      </p>
      {group.advice === '' || group.kind === 'note' ? null : (
        <p className="group-next">
          <span aria-hidden="true">→ </span>
          <span className="visually-hidden">{t('inspector.advice')}: </span>
          {group.advice}
        </p>
      )}
    </li>
  );
}

/** Comparisons that could not be made, by what was missing. */
function Undecided({ overview }: { readonly overview: Overview }) {
  const { t, number } = useLanguage();
  const [isOpen, setOpen] = useState(false);
  const byReason = new Map<string, { count: number; rules: Map<string, number> }>();
  for (const { missing, title } of overview.undecided) {
    const reason = byReason.get(missing) ?? { count: 0, rules: new Map<string, number>() };
    reason.count += 1;
    reason.rules.set(title, (reason.rules.get(title) ?? 0) + 1);
    byReason.set(missing, reason);
  }
  const reasons = [...byReason].sort((a, b) => b[1].count - a[1].count);
  return (
    <li className="group undecided">
      <span className="kind-sign medium" aria-hidden="true">
        ?
      </span>
      <button type="button" className="group-open" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <strong>{t('triage.undecided', { count: overview.undecided.length })}</strong>
        <span className="group-extent">
          {t('triage.why')} {isOpen ? '⌄' : '›'}
        </span>
      </button>
      {reasons[0] === undefined ? null : (
        <p>{t('triage.undecided-most', { missing: reasons[0][0], count: reasons[0][1].count })}</p>
      )}
      {isOpen ? (
        <ul className="reasons">
          {reasons.map(([missing, { count, rules }]) => (
            <li key={missing}>
              <span>
                {missing} <b>{number(count)}</b>
              </span>
              <small>
                {[...rules].map(([title, times]) => (times > 1 ? `${title} ×${times}` : title)).join(' · ')}
              </small>
            </li>
          ))}
        </ul>
      ) : null}
    </li>
  );
}

const shownDevices = 12;

function ByDevice({ overview }: { readonly overview: Overview }) {
  const { t, number } = useLanguage();
  const filter = useWindow((state) => state.filters.present);
  const setFilter = useWindow((state) => state.filter);
  const go = useWindow((state) => state.go);
  const [isWhole, setWhole] = useState(false);
  const total = (device: Overview['devices'][number]): number =>
    device.findings.critical + device.findings.high + device.findings.medium + device.findings.info;
  const sorted = [...overview.devices].sort(
    (a, b) =>
      b.findings.critical - a.findings.critical ||
      b.findings.high - a.findings.high ||
      total(b) - total(a) ||
      (a.key < b.key ? -1 : 1),
  );
  const shown = isWhole ? sorted : sorted.slice(0, shownDevices);
  if (sorted.length === 0) return null;
  return (
    <Card title={t('triage.by-device')}>
      <ul className="device-bars">
        {shown.map((device) => {
          const { critical, high, medium } = device.findings;
          const whole = Math.max(device.records, critical + high + medium, 1);
          const parts = [
            { tone: 'good', share: Math.max(0, whole - critical - high - medium) / whole },
            { tone: 'medium', share: medium / whole },
            { tone: 'high', share: high / whole },
            { tone: 'critical', share: critical / whole },
          ];
          const count = total(device);
          const aliases = device.aliases.filter((alias) => alias !== device.name);
          return (
            <li key={device.key}>
              <button
                type="button"
                title={[device.name, ...aliases].join(' = ')}
                onClick={() => {
                  setFilter(withOnly(filter, 'devices', [device.key]));
                  go('patches');
                }}
              >
                <span className="device-name">{device.name}</span>
                <span className="severity-bar" aria-hidden="true">
                  {device.records === 0 && count === 0
                    ? null
                    : parts.map(({ tone, share }) => (
                        <i key={tone} className={tone} style={{ width: `${share * 100}%` }} />
                      ))}
                </span>
                <b>
                  {count === 0
                    ? t(device.records === 0 ? 'triage.no-records' : 'triage.no-findings')
                    : t('triage.findings', { count, shown: number(count) })}
                </b>
              </button>
            </li>
          );
        })}
      </ul>
      {sorted.length > shownDevices ? (
        <button type="button" className="link" onClick={() => setWhole(!isWhole)}>
          {isWhole ? t('triage.fewer') : t('triage.all-devices', { count: sorted.length })}
        </button>
      ) : null}
    </Card>
  );
}

const coverageSigns = { present: '✓', partial: '◐', missing: '✗' } as const;

type CoverageItem = Overview['coverage'][number];

/** With several systems: what is missing of each at once, what is there on request. */
function CoverageOfSystem({
  system,
  items,
}: {
  readonly system: CoverageItem['system'];
  readonly items: readonly CoverageItem[];
}) {
  const { t } = useLanguage();
  const there = items.filter(({ state }) => state === 'present');
  const gaps = items.filter(({ state }) => state !== 'present');
  return (
    <section className="coverage-system">
      <h3>{t(`system.${system}`)}</h3>
      <CoverageList items={gaps} />
      {there.length === 0 ? null : (
        <details>
          <summary>{t('coverage.there', { count: there.length })}</summary>
          <CoverageList items={there} />
        </details>
      )}
    </section>
  );
}

function CoverageList({ items }: { readonly items: readonly CoverageItem[] }) {
  const { t } = useLanguage();
  const filter = useWindow((state) => state.filters.present);
  const setFilter = useWindow((state) => state.filter);
  const go = useWindow((state) => state.go);
  if (items.length === 0) return null;
  return (
    <ul className="coverage">
      {items.map((item) => {
        const text =
          item.state === 'missing'
            ? t('coverage.missing')
            : t(`coverage.${item.state}`, { count: item.count });
        return (
          <li key={`${item.system}/${item.item}`} className={item.state}>
            <span aria-hidden="true">{coverageSigns[item.state]}</span>
            <span>{item.name}</span>
            {item.count === 0 ? (
              <em>{text}</em>
            ) : (
              <button
                type="button"
                title={item.members.map(baseName).join('\n')}
                onClick={() => {
                  // Of very many only the first are known here: then those of the system are shown.
                  setFilter(
                    item.count > item.members.length
                      ? withOnly(filter, 'systems', [item.system])
                      : withOnly(filter, 'members', item.members),
                  );
                  go('files');
                }}
              >
                {text}
              </button>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function EvidenceCard({ overview }: { readonly overview: Overview }) {
  const { t } = useLanguage();
  const { coverage, request } = overview;
  const groups = [...new Set(coverage.map(({ system }) => system))].map((system) => ({
    system,
    items: coverage.filter((item) => item.system === system),
  }));
  if (coverage.length === 0 && request.en === null) return null;
  return (
    <Card title={t('triage.evidence')}>
      {groups.length === 1 ? (
        <CoverageList items={coverage} />
      ) : (
        groups.map(({ system, items }) => <CoverageOfSystem key={system} system={system} items={items} />)
      )}
      <RequestText request={request} />
    </Card>
  );
}

function RequestText({ request }: { readonly request: Overview['request'] }) {
  const { t, locale } = useLanguage();
  const bridge = useBridge();
  const say = useWindow((state) => state.say);
  const [shown, setShown] = useState<Locale>(locale);
  const text = request[shown];
  if (request.en === null && request.ja === null) return null;
  const copy = (language: Locale): void => {
    setShown(language);
    const words = request[language];
    if (words === null) return;
    bridge.copy(words).then(
      () => say('good', t('triage.copied')),
      (error: unknown) => say('bad', String(error)),
    );
  };
  const other: Locale = locale === 'ja' ? 'en' : 'ja';
  const label = { ja: t('triage.copy-ja'), en: t('triage.copy-en') };
  return (
    <>
      <pre className="request" lang={shown} tabIndex={0}>
        {text}
      </pre>
      <div className="button-row">
        <button type="button" className="button primary" onClick={() => copy(locale)}>
          {label[locale]}
        </button>
        <button type="button" className="button" onClick={() => copy(other)}>
          {label[other]}
        </button>
      </div>
    </>
  );
}

const shownScale = 6;

/** How far each patch got: "2 of 100" is not "2 of 5". */
function ScaleCard({ overview }: { readonly overview: Overview }) {
  const { t, number } = useLanguage();
  const rows = [...overview.scale].sort((a, b) => b.failed - a.failed || b.ran - a.ran).slice(0, shownScale);
  if (rows.length === 0) return null;
  return (
    <Card title={t('triage.scale')}>
      <table className="scale">
        <thead>
          <tr>
            <th scope="col">{t('column.patch')}</th>
            <th scope="col">{t('scale.ran')}</th>
            <th scope="col">{t('scale.succeeded')}</th>
            <th scope="col">{t('scale.failed')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.patch}/${row.source}`}>
              <th scope="row" title={`${row.patch}\n${row.source}`}>
                {row.patch}
              </th>
              <td>
                {row.targeted === null
                  ? number(row.ran)
                  : t('fact.of', { part: number(row.ran), whole: number(row.targeted) })}
              </td>
              <td>{number(row.succeeded)}</td>
              <td className={row.failed > 0 ? 'bad' : ''}>{number(row.failed)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

function MembersCard({ overview }: { readonly overview: Overview }) {
  const { t } = useLanguage();
  const client = useEvidence();
  const go = useWindow((state) => state.go);
  const openFile = useWindow((state) => state.openFile);
  const open = useWindow((state) => state.open);
  const { members, warnings } = overview;
  const troubled = useTroubledMembers(client, overview);
  const other = members.opaque + members.damaged + members.refused + members.encrypted + members.text;
  if (other === 0 && warnings === 0) return null;
  return (
    <Card title={t('triage.members')}>
      <p className="hint">
        {[
          members.damaged > 0 ? t('members.damaged', { count: members.damaged }) : '',
          members.refused > 0 ? t('members.refused', { count: members.refused }) : '',
          members.encrypted > 0 ? t('members.encrypted', { count: members.encrypted }) : '',
          members.opaque > 0 ? t('members.opaque', { count: members.opaque }) : '',
          members.text > 0 ? t('members.text', { count: members.text }) : '',
          warnings > 0 ? t('members.warnings', { count: warnings }) : '',
        ]
          .filter((part) => part !== '')
          .join(' · ')}
      </p>
      <ul className="troubled">
        {troubled.map((member: MemberRow) => (
          <li key={member.path}>
            <button
              type="button"
              className="path"
              title={member.path}
              onClick={() => openFile(member.path, null)}
            >
              {baseName(member.path)}
            </button>
            <em>
              {t(`member-state.${member.state}`)}
              {member.reason === null ? '' : ` · ${reasonText(t, member.reason)}`}
            </em>
          </li>
        ))}
      </ul>
      <button type="button" className="link" onClick={() => go('files')}>
        {t('triage.all-files', { count: members.total })}
      </button>
      {members.encrypted === 0 ? null : (
        <>
          {' '}
          <button type="button" className="link" onClick={() => open('password')}>
            {t('password.give')}
          </button>
        </>
      )}
    </Card>
  );
}
