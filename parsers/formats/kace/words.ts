/**
 * The words of KACE pages, lists and database columns (KB 4260849, 4265143, 4293859; English headers
 * and spelling variants are guesses). Words are compared as `foldWord` folds them: width, case,
 * blanks and punctuation do not count.
 */
import type { DeploymentStatus, DetectionStatus } from '../../domain/evidence.ts';
import { compileColumns } from '../../text/column-match.ts';
import { compileVocabulary } from '../../text/vocabulary.ts';
import type { KaceAction, KacePatchStatus, KacePhase, KaceReboot, KaceTab } from './facts.ts';

export type PatchColumn =
  | 'patch'
  | 'patchId'
  | 'kb'
  | 'device'
  | 'deviceId'
  | 'detectionStatus'
  | 'detectionDate'
  | 'detectionError'
  | 'deployStatus'
  | 'deployDate'
  | 'exitCode'
  | 'attempts'
  | 'maxAttempts'
  | 'superseded'
  | 'patchStatus'
  | 'labels'
  | 'reboot';

/** Columns of the deploy status table, of lists, and of database exports. */
export const patchColumns = compileColumns<PatchColumn>({
  patch: {
    names: [
      'パッチ名',
      'パッチ名称',
      'Patch Name',
      'Patch Title',
      'Patch',
      'Title',
      'PATCH_NAME',
      'パッチタイトル',
      'タイトル',
    ],
    weak: ['パッチ', 'Update', 'Bulletin'],
  },
  patchId: { names: ['PATCHUID', 'PATCH_UID', 'PATCH_ID', 'パッチID', 'パッチUID', 'KBPATCH_ID'] },
  kb: { names: ['KB', 'KB Number', 'KB番号', 'KB Article', 'KB_ARTICLE', 'Knowledge Base'] },
  device: {
    names: [
      'マシン名',
      'デバイス名',
      'コンピュータ名',
      'コンピューター名',
      'システム名',
      'ホスト名',
      'Machine Name',
      'Machine',
      'Device Name',
      'Device',
      'System Name',
      'Computer Name',
      'Computer',
      'Host Name',
      'Hostname',
      'MACHINE_NAME',
      'SYSTEM_NAME',
    ],
    weak: ['Name', 'マシン', 'デバイス', '名前', 'System'],
  },
  deviceId: { names: ['MACHINE_ID', 'DEVICE_ID', 'マシンID', 'デバイスID'] },
  detectionStatus: {
    names: [
      '検出ステータス',
      '検出の状態',
      '検出状態',
      'Detect Status',
      'Detection Status',
      'Detected Status',
      'Detect State',
      'Detection State',
      'DETECT_STATUS',
      'PATCH_STATUS_DETECT',
    ],
    weak: ['Status', 'ステータス', 'STATUS', 'Patch Status', 'PATCH_STATUS', '状態'],
  },
  detectionDate: {
    names: [
      '検出日',
      '検出日時',
      '検出の日付',
      'Detect Date',
      'Date Detected',
      'Detection Date',
      'Detected Date',
      'DETECT_STATUS_DT',
      'DETECT_DT',
      'DETECT_DATE',
    ],
    weak: ['Detected', 'STATUS_DT', 'STATUS_DATE', 'Detected On', 'Status Date', 'Last Detected'],
  },
  detectionError: {
    names: ['DETECT_ERROR_CODE', 'Detect Error Code', '検出エラーコード', 'Detection Error Code'],
  },
  deployStatus: {
    names: [
      'デプロイのステータス',
      'デプロイステータス',
      '展開ステータス',
      '展開のステータス',
      'Deploy Status',
      'Deployment Status',
      'Deployed Status',
      'Deploy State',
      'Deployment State',
      '展開状態',
      '展開の状態',
      'デプロイ状態',
      'デプロイの状態',
      'DEPLOY_STATUS',
    ],
  },
  deployDate: {
    names: [
      '展開日',
      '展開日時',
      'デプロイ日',
      'デプロイ日時',
      'デプロイの日付',
      'Deploy Date',
      'Deployment Date',
      'Deployed Date',
      'Date Deployed',
      'DEPLOY_STATUS_DT',
      'DEPLOY_DT',
      'DEPLOY_DATE',
    ],
    weak: ['Deployed', 'Deployed On', 'Last Deployed'],
  },
  exitCode: {
    names: [
      '展開の終了コード',
      '終了コードを展開する',
      '終了コードの展開',
      'デプロイの終了コード',
      '展開終了コード',
      '終了コード',
      'Deploy Exit Code',
      'Deployment Exit Code',
      'Exit Code',
      'Return Code',
      'DEPLOY_ERROR_CODE',
      'DEPLOY_EXIT_CODE',
      'Deploy Error Code',
    ],
    weak: ['Error Code', 'エラーコード'],
  },
  attempts: {
    names: [
      '展開の試行回数',
      'パッチ試行回数',
      '展開試行回数',
      'デプロイの試行回数',
      'デプロイ試行回数',
      '試行回数',
      'Deploy Attempts',
      'Deploy Tries',
      'Deployment Attempts',
      'Deploy Attempt Count',
      'DEPLOY_ATTEMPT_COUNT',
      'Patch Tries',
      'Patch Attempts',
    ],
    weak: ['Attempts', 'Tries', 'Attempt Count'],
  },
  maxAttempts: {
    names: [
      '最大試行回数',
      '展開の最大試行回数',
      '最大展開試行回数',
      '最大デプロイ試行回数',
      'Max Deploy Attempts',
      'Maximum Deploy Attempts',
      'Max Attempts',
      'Maximum Attempts',
      'MAX_DEPLOY_ATTEMPT',
      'MAX_DEPLOY_ATTEMPTS',
      'Max Tries',
    ],
  },
  superseded: {
    // The database spells it with a c.
    names: [
      'IS_SUPERCEDED',
      'IS_SUPERSEDED',
      'Superseded By',
      'Superceded By',
      'Replaced By',
      '置き換え先',
      '置換先',
    ],
    weak: ['Superseded', 'Superceded', '置き換え', '置換', '置き換え済み'],
  },
  patchStatus: {
    names: [
      'パッチのステータス',
      'パッチステータス',
      'Patch State',
      'PATCH_STATE',
      'パッチの状態',
      'Catalog Status',
    ],
    weak: ['Patch Status', 'PATCH_STATUS', 'Status', 'ステータス', 'STATUS'],
  },
  labels: {
    names: [
      'ラベルへの割り当て',
      'ラベルの割り当て',
      'Assigned Labels',
      'Label Assignment',
      'Patch Labels',
      'パッチラベル',
    ],
    weak: ['Labels', 'Label', 'ラベル'],
  },
  reboot: {
    names: [
      '再起動が必要',
      '再起動の要否',
      '再起動ステータス',
      'Reboot Required',
      'Reboot Status',
      'Requires Reboot',
      'Reboot Needed',
    ],
    weak: ['Reboot', '再起動'],
  },
});

/** Headers that only a query of the database has: with one of them the table is a database export. */
export const databaseHeaders: ReadonlySet<string> = new Set(
  (
    'MACHINE_ID PATCHUID PATCH_UID PATCH_ID KBPATCH_ID DETECT_STATUS STATUS_DT DETECT_STATUS_DT DETECT_ERROR_CODE ' +
    'DEPLOY_STATUS DEPLOY_STATUS_DT DEPLOY_ERROR_CODE DEPLOY_ATTEMPT_COUNT MAX_DEPLOY_ATTEMPT IS_SUPERCEDED'
  ).split(' '),
);

/** Of which a query written for reading also has the form with underscores, e.g. `deploy_status`. */
export function isDatabaseHeader(header: string): boolean {
  return databaseHeaders.has(header.trim().replace(/^.*\./u, '').toUpperCase());
}

export const detectionWords = compileVocabulary<DetectionStatus>({
  patched: [
    'PATCHED',
    'Patched',
    'Installed',
    'Already Installed',
    'Already Patched',
    'Up to date',
    'パッチが適用されました',
    'パッチ適用済み',
    'パッチ適用済',
    'パッチ済み',
    '適用済み',
    '適用済',
    'インストール済み',
    'インストール済',
    'インストールされました',
  ],
  'not-patched': [
    'NOTPATCHED',
    'Not Patched',
    'Unpatched',
    'Missing',
    'Not Installed',
    'Applicable',
    'パッチ未適用',
    'パッチが適用されていません',
    'パッチ未適用です',
    '未適用',
    '未インストール',
    '未パッチ',
    '不在',
    '不足',
  ],
  'not-applicable': [
    'NA',
    'N/A',
    'Not Applicable',
    'Not Needed',
    '表示なし',
    '適用対象外',
    '適用外',
    '対象外',
    '該当なし',
    '適用不可',
  ],
  error: [
    'FAIL',
    'Error',
    'Failed',
    'Failure',
    'Detect Error',
    'Detection Failed',
    'Detect Failed',
    'エラー',
    '失敗',
    '検出エラー',
    '検出失敗',
  ],
  'pending-reboot': pendingReboot(),
});

export const deploymentWords = compileVocabulary<DeploymentStatus>({
  succeeded: [
    'SUCCESS',
    'Succeeded',
    'Successful',
    'Success',
    'Completed',
    'Complete',
    'Deployed',
    'Deploy Success',
    '正常終了',
    '正常に終了',
    '正常完了',
    '成功',
    '完了',
    '展開済み',
    'デプロイ済み',
    '展開成功',
  ],
  failed: [
    'FAIL',
    'Error',
    'Failed',
    'Failure',
    'Deploy Error',
    'Deploy Failed',
    'エラー',
    '失敗',
    '異常終了',
    '展開エラー',
    '展開失敗',
  ],
  'not-attempted': [
    'NULL',
    'Not Scheduled',
    'Unscheduled',
    'Not Attempted',
    'Not Deployed',
    'None',
    '(blank)',
    '空',
    '空白',
    'なし',
    '未スケジュール',
    'スケジュールなし',
    'スケジュール未設定',
    '未実行',
    '未展開',
    '未デプロイ',
  ],
  'pending-reboot': pendingReboot(),
  'in-progress': [
    'In Progress',
    'INPROGRESS',
    'Running',
    'Deploying',
    'Processing',
    'Started',
    '処理中',
    '進行中',
    '実行中',
    '展開中',
    'デプロイ中',
  ],
  skipped: ['Skipped', 'スキップ', 'スキップ済み', 'スキップされました'],
});

function pendingReboot(): readonly string[] {
  return [
    'Reboot Pending',
    'Pending Reboot',
    'PENDING_REBOOT',
    'Reboot Required',
    'Needs Reboot',
    'Waiting for Reboot',
    'Awaiting Reboot',
    'Restart Pending',
    'Pending Restart',
    '再起動待ち',
    '再起動待機中',
    '再起動保留中',
    '再起動保留',
    '再起動が必要',
    '要再起動',
    '再起動が保留中',
  ];
}

/**
 * A status with its reason behind it: `Error (handshake failed)`, `エラー: タイムアウト`. What waits for a restart
 * is said in the reason: `完了（再起動待ち）`. Null when the word before the reason means nothing either.
 */
export function readWithReason<T extends string>(
  words: { read(text: string): T | null },
  text: string,
): T | 'pending-reboot' | null {
  if (text.length > 500) return null;
  const groups = /^(?<head>[^(（[:：]{1,60})[(（[:：]\s*(?<reason>[^)）\]]{0,200})[)）\]]?\s*$/u.exec(
    text,
  )?.groups;
  if (groups === undefined) return null;
  const head = words.read(groups['head'] ?? '');
  if (head === null) return null;
  return restartWords.read(groups['reason'] ?? '') ?? head;
}

const restartWords = compileVocabulary<'pending-reboot'>({ 'pending-reboot': pendingReboot() });

const unloadedWords = compileVocabulary<'loading' | 'empty'>({
  loading: [
    'Loading',
    'Loading data',
    'Please wait',
    'Loading, please wait',
    'Processing request',
    '読み込み中',
    '読み込み中です',
    '読込中',
    'ロード中',
    'お待ちください',
    'しばらくお待ちください',
    '読み込んでいます',
  ],
  empty: [
    'No data',
    'No data available',
    'No data available in table',
    'No records',
    'No records found',
    'No matching records found',
    'No results',
    'No results found',
    'No items found',
    'データなし',
    'データがありません',
    'データはありません',
    '該当するデータがありません',
    '該当なし',
    '結果がありません',
    '項目がありません',
    'レコードがありません',
    'レコードが見つかりません',
  ],
});

/** What a row says that stands in place of the rows: that they were not there yet, or that there are none. */
export function readPlaceholder(text: string): 'loading' | 'empty' | null {
  return unloadedWords.read(text);
}

export const patchStatusWords = compileVocabulary<KacePatchStatus>({
  active: ['Active', 'Enabled', 'アクティブ', '有効'],
  inactive: ['Inactive', 'Not Active', '非アクティブ', '非有効'],
  disabled: ['Disabled', '無効', '無効化'],
});

export const actionWords = compileVocabulary<KaceAction>({
  detect: ['Detect', 'Detect Only', '検出', '検出のみ', 'Detect All Patches'],
  'detect-and-stage': [
    'Detect and Stage',
    'Detect & Stage',
    '検出とステージング',
    '検出およびステージング',
    '検出してステージング',
    '検出/ステージング',
  ],
  'detect-and-deploy': [
    'Detect and Deploy',
    'Detect & Deploy',
    '検出と展開',
    '検出および展開',
    '検出とデプロイ',
    '検出およびデプロイ',
    '検出して展開',
    '検出と適用',
  ],
  deploy: ['Deploy', 'Deploy Only', '展開', 'デプロイ', '展開のみ', 'デプロイのみ'],
  rollback: [
    'Rollback',
    'Roll back',
    'Detect and Rollback',
    'ロールバック',
    '検出とロールバック',
    '検出およびロールバック',
  ],
});

export const rebootWords = compileVocabulary<KaceReboot>({
  none: [
    'No Reboot',
    'Do not reboot',
    'None',
    'No',
    '再起動しない',
    '再起動なし',
    '再起動を行わない',
    'なし',
  ],
  force: [
    'Force Reboot',
    'Forced Reboot',
    'Automatic Reboot',
    'Auto Reboot',
    'Reboot Automatically',
    '自動再起動',
    '強制再起動',
    '強制的に再起動',
    '自動的に再起動',
  ],
  prompt: [
    'Prompt User',
    'Prompt',
    'Prompt user to reboot',
    'Prompt Reboot',
    'ユーザーにプロンプト',
    'ユーザにプロンプト',
    'プロンプト',
    'ユーザーに確認',
    'ユーザーに通知',
  ],
});

export const phaseWords = compileVocabulary<KacePhase>({
  completed: [
    'Completed',
    'Complete',
    'Done',
    'Success',
    'Succeeded',
    'Finished',
    '完了',
    '正常終了',
    '成功',
    '終了',
  ],
  error: ['Error', 'Failed', 'Fail', 'Failure', 'エラー', '失敗', '異常終了'],
  'pending-reboot': pendingReboot(),
  'handshake-failed': [
    'Handshake Failed',
    'Handshake Error',
    'Failed Handshake',
    'ハンドシェイク失敗',
    'ハンドシェイクに失敗',
    'ハンドシェイクエラー',
    'ハンドシェイクに失敗しました',
  ],
  'in-progress': [
    'In Progress',
    'Running',
    'Scheduled',
    'Detecting',
    'Deploying',
    'Downloading',
    'Staging',
    'Rebooting',
    'Verifying',
    '処理中',
    '進行中',
    '実行中',
    '検出中',
    '展開中',
    'ダウンロード中',
    '再起動中',
    '確認中',
  ],
});

export const tabWords = compileVocabulary<KaceTab>({
  all: ['All', 'Show All', 'すべて', '全て', 'すべて表示', '全件'],
  missing: ['Missing', 'Not Patched', 'NOTPATCHED', '不在', '未適用', 'パッチ未適用'],
});

/** Whether a file has been downloaded. */
export const downloadWords = compileVocabulary<'downloaded' | 'not-downloaded'>({
  downloaded: [
    'Downloaded',
    'Yes',
    'Complete',
    'Completed',
    'True',
    'ダウンロード済み',
    'ダウンロード済',
    'ダウンロード完了',
    'はい',
    '済み',
    '完了',
  ],
  'not-downloaded': [
    'Not Downloaded',
    'Undownloaded',
    'No',
    'False',
    'Pending',
    'Failed',
    'Not yet downloaded',
    '未ダウンロード',
    'ダウンロードされていません',
    'ダウンロードしていません',
    'いいえ',
    '未',
  ],
});

/** Values that stand for "there is none". */
const blankValues = compileVocabulary<'blank'>({
  blank: [
    '',
    'NULL',
    // As the database writes it into a file.
    '\\N',
    'None',
    'N/A',
    'NA',
    'Never',
    'なし',
    '無し',
    '該当なし',
    '空',
    '未実行',
    '未設定',
    'Not Set',
    'いいえ',
    'No',
    'False',
    '0',
  ],
});

/** Whether a value says that there is nothing: blank, a dash, NULL, "none". */
export function isNothing(text: string): boolean {
  return blankValues.read(text) !== null;
}

const yesWords = compileVocabulary<'yes'>({
  yes: ['Yes', 'True', '1', 'Y', 'はい', '有', 'あり', '置き換え済み', 'Superseded'],
});

/** Whether a value says no more than yes. */
export function isYes(text: string): boolean {
  return yesWords.read(text) !== null;
}

export type PageKey =
  | 'patchName'
  | 'patchStatus'
  | 'patchLabels'
  | 'files'
  | 'superseded'
  | 'scheduleName'
  | 'action'
  | 'detectLabels'
  | 'deployLabels'
  | 'deviceLabels'
  | 'maxAttempts'
  | 'rebootOption'
  | 'lastRun'
  | 'agentVersion'
  | 'operatingSystem'
  | 'lastInventory'
  | 'lastReboot'
  | 'ipAddress'
  | 'deviceName';

/** Labels of key/value pairs. Some mean one thing on one page and another on the next: see the readers. */
export const pageKeys: Readonly<Record<PageKey, readonly string[]>> = {
  patchName: ['パッチ名', 'パッチ名称', 'Patch Name', 'Title', 'タイトル', 'Patch Title', 'パッチ', 'Patch'],
  patchStatus: ['ステータス', 'Status', 'パッチのステータス', 'パッチステータス', 'Patch Status', '状態'],
  patchLabels: [
    'ラベルへの割り当て',
    'ラベルの割り当て',
    'ラベル',
    'Labels',
    'Label',
    'Assigned Labels',
    'Label Assignment',
    'Assign to Label',
    'Assign to Labels',
    'Assigned to Label',
    'Assigned to Labels',
    '割り当て済みラベル',
  ],
  files: ['ファイル', '関連ファイル', 'Files', 'File', 'Associated Files', 'Patch Files', 'パッチファイル'],
  superseded: [
    '置き換え',
    '置き換え先',
    '置換',
    '置換先',
    'Superseded by',
    'Superceded by',
    'Replaced by',
    'Superseded',
    'Superceded',
    '後継パッチ',
  ],
  scheduleName: [
    'スケジュール名',
    'Schedule Name',
    '名前',
    'Name',
    'スケジュール',
    'Schedule',
    '説明',
    'Description',
  ],
  action: [
    'アクション',
    'Action',
    'パッチアクション',
    'Patch Action',
    '操作',
    'Schedule Action',
    'パッチ適用アクション',
    '実行内容',
    '処理',
  ],
  detectLabels: [
    '検出ラベル',
    '検出するラベル',
    '検出パッチラベル',
    '検出用ラベル',
    'Detect Labels',
    'Detect Label',
    'Detect Patch Labels',
    'Detect Patch Label',
    'Detection Labels',
    'Detection Label',
    '検出パッチのラベル',
  ],
  deployLabels: [
    '展開ラベル',
    '展開するラベル',
    '展開パッチラベル',
    '展開用ラベル',
    'デプロイラベル',
    'デプロイパッチラベル',
    'Deploy Labels',
    'Deploy Label',
    'Deploy Patch Labels',
    'Deploy Patch Label',
    'Deployment Labels',
    'Deployment Label',
    '展開パッチのラベル',
  ],
  deviceLabels: [
    'デバイスラベル',
    'マシンラベル',
    '対象ラベル',
    '対象デバイスラベル',
    'Device Labels',
    'Device Label',
    'Machine Labels',
    'Machine Label',
    'Target Labels',
    'Labels',
    'ラベル',
    'デバイスのラベル',
  ],
  maxAttempts: [
    '最大試行回数',
    '展開の最大試行回数',
    '最大展開試行回数',
    '最大デプロイ試行回数',
    'デプロイの最大試行回数',
    'Max Deploy Attempts',
    'Maximum Deploy Attempts',
    'Max Attempts',
    'Maximum Attempts',
    'Maximum Deploy Attempts Allowed',
    'Max Deploy Tries',
    'Max Tries',
  ],
  rebootOption: [
    '再起動オプション',
    '再起動',
    'Reboot Options',
    'Reboot Option',
    'Reboot',
    'Restart Option',
    'Restart Options',
    '再起動の設定',
  ],
  lastRun: [
    '最終実行',
    '最終実行日時',
    '最終実行日',
    '前回の実行',
    '前回実行',
    '最後の実行',
    'Last Run',
    'Last Run Time',
    'Last Run Date',
    'Last Executed',
    'Last Execution',
  ],
  agentVersion: ['エージェントバージョン', 'エージェントのバージョン', 'Agent Version', 'KACE Agent Version'],
  operatingSystem: ['オペレーティングシステム', 'OS', 'OS名', 'Operating System', 'OS Name'],
  lastInventory: [
    '最終インベントリ',
    '最終インベントリ日時',
    '前回のインベントリ',
    'Last Inventory',
    'Last Inventoried',
  ],
  lastReboot: [
    '最終再起動',
    '前回の再起動',
    '最後の再起動',
    'Last Reboot',
    'Last Rebooted',
    'Last Reboot Date',
    'Last Boot',
    '最終起動日時',
  ],
  ipAddress: ['IPアドレス', 'IP Address', 'IP'],
  deviceName: [
    'システム名',
    'マシン名',
    'デバイス名',
    'コンピュータ名',
    'コンピューター名',
    'ホスト名',
    'System Name',
    'Machine Name',
    'Device Name',
    'Computer Name',
    'Host Name',
    'Hostname',
    '名前',
    'Name',
  ],
};

export type ScheduleColumn = 'device' | 'phase' | 'lastRun';

export const scheduleColumns = compileColumns<ScheduleColumn>({
  device: {
    names: [
      'マシン名',
      'デバイス名',
      'マシン',
      'デバイス',
      'コンピュータ名',
      'コンピューター名',
      'Machine Name',
      'Machine',
      'Device Name',
      'Device',
      'System Name',
      'Computer',
    ],
    weak: ['Name', '名前', 'System'],
  },
  phase: {
    names: ['フェーズ', 'Phase', 'Current Phase', '現在のフェーズ', 'パッチフェーズ'],
    weak: ['ステータス', 'Status', '状態', 'Patch Status', 'パッチステータス'],
  },
  lastRun: {
    names: [
      '最終実行',
      '最終実行日時',
      '最終実行日',
      '前回の実行',
      'Last Run',
      'Last Run Time',
      'Last Run Date',
      'Last Executed',
    ],
    weak: ['日付', '日時', 'Date', 'Time', '更新日時', 'Last Update'],
  },
});

export type FileColumn = 'file' | 'downloaded';

export const fileColumns = compileColumns<FileColumn>({
  file: {
    names: [
      'ファイル',
      'ファイル名',
      'File',
      'Files',
      'File Name',
      'Filename',
      'パッチファイル',
      'Patch File',
    ],
    weak: ['Name', '名前'],
  },
  downloaded: {
    names: [
      'ダウンロード',
      'ダウンロードの状態',
      'ダウンロード状態',
      'ダウンロードステータス',
      'ダウンロードのステータス',
      'Download Status',
      'Downloaded',
      'Download',
      'Download State',
    ],
    weak: ['ステータス', '状態', 'Status', 'State'],
  },
});

/** What a title or heading says a page is about, before its subject: `デバイスの詳細: PC-0042`. */
export const pageTitles: Readonly<Record<'device' | 'patch' | 'schedule', readonly string[]>> = {
  device: [
    'デバイスの詳細',
    'デバイス詳細',
    'マシンの詳細',
    'デバイス',
    'Device Detail',
    'Device Details',
    'Machine Detail',
    'Machine Details',
    'Computer Detail',
    'Computer Details',
    'Device',
    'Machine',
  ],
  patch: ['パッチの詳細', 'パッチ詳細', 'パッチ', 'Patch Detail', 'Patch Details', 'Patch'],
  schedule: [
    'スケジュールの詳細',
    'スケジュール詳細',
    'パッチスケジュールの詳細',
    'パッチスケジュール',
    'パッチ管理スケジュール',
    'パッチ適用スケジュール',
    'スケジュール',
    'Schedule Detail',
    'Schedule Details',
    'Patch Schedule Detail',
    'Patch Schedule Details',
    'Patch Schedule',
    'Patching Schedule',
    'Schedule',
  ],
};
