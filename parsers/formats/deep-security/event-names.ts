import { foldText } from '../../domain/names.ts';
import type { DsMeaning } from './facts.ts';

/**
 * Ids of the manager's system events, and of the agent's events nested in them (9016, 9017, 9020).
 * Success is 784 in the older versions and 2204 in the newer ones. (S3; Help Center, "System events".)
 */
const byId: ReadonlyMap<number, DsMeaning> = new Map<number, DsMeaning>([
  [1600, 'relay-update-requested'],
  [1601, 'relay-update-succeeded'],
  [273, 'update-requested'],
  [276, 'update-downloaded'],
  [784, 'update-succeeded'],
  [2204, 'update-succeeded'],
  [9016, 'update-succeeded'],
  [2205, 'update-failed'],
  [9017, 'update-failed'],
  [2206, 'update-skipped'],
  [9020, 'update-skipped'],
]);

/** Texts are compared folded (width, case, blanks); the first that fits counts. */
const byText: readonly (readonly [meaning: DsMeaning, pattern: RegExp])[] = [
  ['relay-web-server-disabled', /relay ?web ?server.{0,20}disabled|relay ?webサーバ.{0,6}無効/u],
  [
    'licence-expired',
    /licen[cs]e.{0,40}expired|expired.{0,20}licen[cs]e|ライセンス.{0,20}(?:期限切れ|期限が切れ)/u,
  ],
  [
    'update-timed-out',
    /(?:could not|unable to|cannot) update components?|コンポーネントをアップデートできません|security update.{0,10}time[ -]?d?[ -]?out|セキュリティアップデートのタイムアウト/u,
  ],
  [
    'relay-stopped',
    /relay.{0,30}(?:service )?(?:stopped|not running|not available|offline)|relay.{0,30}(?:停止|オフライン|利用できません|使用できません)/u,
  ],
  ['relay-update-requested', /relay ?group.{0,10}update.{0,6}request|relayグループのアップデート.{0,4}要求/u],
  ['relay-update-succeeded', /relay ?group.{0,10}update.{0,6}success|relayグループのアップデート.{0,4}成功/u],
  ['update-requested', /security update.{0,60}request|セキュリティアップデート.{0,40}要求/u],
  [
    'update-failed',
    /(?:security|pattern|component)s? update.{0,40}fail|(?:セキュリティ|パターンファイルの|コンポーネントの)アップデート.{0,30}失敗/u,
  ],
  ['update-skipped', /(?:security|pattern|component)s? update.{0,40}skipped|アップデート.{0,30}スキップ/u],
  [
    'update-succeeded',
    /(?:security|pattern|component)s? update.{0,40}success|(?:セキュリティ|パターンファイルの|コンポーネントの)アップデート.{0,30}成功/u,
  ],
  ['update-downloaded', /security update.{0,20}downloaded|セキュリティアップデートのダウンロード/u],
];

/** Events about rules, software and rollbacks share the words and are none of ours (S3: rules update even without a licence). */
const otherUpdates =
  /rule update|software update|rollback|rolled back|ルールのアップデート|ルールアップデート|ソフトウェアアップデート|ロールバック/u;
/** A licence that is going to expire has not expired. */
const notYet = /will expire|about to expire|expires? (?:in|on|soon)|まもなく|近づいて/u;

/**
 * What a system event means for component updates; null when it is none of them. A known id decides;
 * without one the name does.
 */
export function meaningOfEvent(eventId: number | null, name: string): DsMeaning | null {
  const known = eventId === null ? undefined : byId.get(eventId);
  return known ?? meaningOfText(name);
}

/** What a text means that stands for an event: its name, or a line of its description. */
export function meaningOfText(text: string): DsMeaning | null {
  const folded = foldText(text.slice(0, 400));
  if (otherUpdates.test(folded) || notYet.test(folded)) return null;
  return byText.find(([, pattern]) => pattern.test(folded))?.[0] ?? null;
}

/** Whether a target is a relay group and not a machine. */
export function isRelayGroup(target: string): boolean {
  return /relay ?(?:group|グループ)|リレーグループ/u.test(foldText(target));
}
