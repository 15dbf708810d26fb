import { foldWord } from '../../text/vocabulary.ts';
import type { FormatId } from '../../domain/evidence.ts';
import { defineDocumentFormat } from '../define-format.ts';
import type { DocumentFormat } from '../define-format.ts';
import { isPage } from './saved-page.ts';

/**
 * Pages of settings that an analyst asks for where the evidence points to them. Nothing is read from them:
 * they are known by their title, shown, and count as given. Their titles are guesses.
 */
function settingsPage(id: FormatId, titles: readonly string[]): DocumentFormat {
  const folded = titles.map(foldWord);
  return defineDocumentFormat({
    id,
    system: 'kace-sma',
    unverified: true,
    recognise: isPage,
    read(document) {
      // Other products have a control panel and labels too.
      if (!/KACE|K1000|kbox/iu.test(document.text())) return false;
      const page = document.page();
      const named = [page.title ?? '', ...page.headings.map((heading) => heading.text)];
      // What stands behind a colon or a dash is the subject or the product.
      return named.some((text) =>
        text.split(/[:：|»›>–—]|\s-\s/u).some((part) => folded.includes(foldWord(part))),
      );
    },
  });
}

export const settingsPages: readonly DocumentFormat[] = [
  settingsPage('kace/subscription', [
    'サブスクリプション',
    'サブスクリプション設定',
    'パッチサブスクリプション設定',
    'パッチのサブスクリプション設定',
    'パッチサブスクリプション',
    'Subscriptions',
    'Subscription Settings',
    'Patch Subscription',
    'Patch Subscriptions',
    'Patch Subscription Settings',
  ]),
  settingsPage('kace/download-settings', [
    'ダウンロード設定',
    'パッチダウンロード設定',
    'パッチのダウンロード設定',
    'Download Settings',
    'Patch Download Settings',
  ]),
  settingsPage('kace/label-page', [
    'ラベルの詳細',
    'ラベル詳細',
    'ラベル管理',
    'Label Detail',
    'Label Details',
    'Label Management',
  ]),
  settingsPage('kace/server-settings', [
    'コントロールパネル',
    'サーバー設定',
    '一般設定',
    'Control Panel',
    'Server Settings',
    'General Settings',
  ]),
];
