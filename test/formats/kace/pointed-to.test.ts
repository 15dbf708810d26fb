import { describe, expect, it } from 'vitest';
import { kace } from '../../../parsers/formats/kace/index.ts';
import { EvidenceBuilder } from '../../rules/evidence-builder.ts';
import { readFile } from '../harvest.ts';

const row = { patch: 'Zoom', detection: 'not-patched' as const, detected: '2024-05-11 07:40' };

function asked(builder: EvidenceBuilder): readonly string[] {
  const { coverage } = builder.systems([kace]).build();
  return coverage.flatMap(({ item, state }) => (state === 'missing' ? [item] : []));
}

function bundle(): EvidenceBuilder {
  return new EvidenceBuilder().devicePage('PC-1', [row]);
}

describe('evidence that is asked for only where something points to it', () => {
  const items = ['kace/subscription', 'kace/download-settings', 'kace/label-page', 'kace/server-settings'];

  it('is not asked for otherwise', () => {
    const plain = bundle()
      .patch('Zoom', { status: 'active', labels: ['A'], files: [{ name: 'a.msu', downloaded: true }] })
      .schedule('Monthly', { deployLabels: ['A'], devices: { 'PC-1': { phase: 'completed' } } });
    expect(asked(plain).filter((item) => items.includes(item))).toEqual([]);
  });

  it.each([
    ['kace/subscription', bundle().patch('Zoom', { status: 'disabled' })],
    ['kace/subscription', bundle().patch('Zoom', { status: 'inactive' })],
    ['kace/download-settings', bundle().patch('Zoom', { files: [{ name: 'a.msu', downloaded: false }] })],
    ['kace/label-page', bundle().schedule('Monthly', { detectLabels: ['A'] })],
    [
      'kace/server-settings',
      bundle().schedule('Monthly', { devices: { 'PC-1': { phase: 'handshake-failed' } } }),
    ],
  ])('%s', (item, builder) => {
    expect(asked(builder).filter((one) => items.includes(one))).toEqual([item]);
  });

  it('knows the pages of those settings by their titles', () => {
    const page = (title: string, product = 'KACE'): string =>
      `<html><head><title>${title} - ${product}</title></head><body><h1>${title}</h1><table><tr><td>x</td><td>y</td></tr></table></body></html>`;
    const kindOf = (html: string): string | null => readFile(kace.formats, 'page.html', html).kind;
    expect(kindOf(page('パッチのサブスクリプション設定'))).toBe('kace/subscription');
    expect(kindOf(page('Patch Download Settings'))).toBe('kace/download-settings');
    expect(kindOf(page('ラベルの詳細: Windows 更新'))).toBe('kace/label-page');
    expect(kindOf(page('Control Panel'))).toBe('kace/server-settings');
    expect(kindOf(page('Control Panel', 'Another product'))).toBeNull();
  });
});
