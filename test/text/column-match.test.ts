import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileColumns } from '../../parsers/text/column-match.ts';
import { compileVocabulary, foldWord } from '../../parsers/text/vocabulary.ts';

const columns = compileColumns({
  patch: { names: ['Patch Name', 'Patch', 'パッチ名'] },
  status: { names: ['Detect Status', '検出ステータス'], weak: ['Status', 'ステータス'] },
  date: { names: ['Detect Date', '検出日'] },
  deploy: { names: ['Deploy Status', '展開ステータス'] },
  own: { names: ['Patch Status'], weak: ['Status'] },
});

describe('compileColumns', () => {
  it('matches in any order, with further columns, whatever the width and case', () => {
    const match = columns.match([
      '重要度',
      '検出 日',
      'ＰＡＴＣＨ　ＮＡＭＥ',
      'deploy_status',
      '検出ステータス▲',
    ]);
    expect(match?.at('patch')).toBe(2);
    expect(match?.at('date')).toBe(1);
    expect(match?.at('deploy')).toBe(3);
    expect(match?.at('status')).toBe(4);
    expect(match?.unknown).toEqual(['重要度']);
  });

  it('needs four unless told otherwise', () => {
    expect(columns.match(['Patch', 'Detect Status', 'Detect Date'])).toBeNull();
    expect(columns.match(['Patch', 'Detect Status', 'Detect Date'], { least: 3 })?.count).toBe(3);
  });

  it('prefers the exact header to one that contains it', () => {
    const match = columns.match(['Last Detect Status', 'Detect Status'], { least: 1 });
    expect(match?.at('status')).toBe(1);
    expect(columns.match(['Last Detect Status'], { least: 1 })?.at('status')).toBe(0);
  });

  it('does not take a word for the header that contains it', () => {
    expect(columns.match(['Patch Severity'], { least: 1 })).toBeNull();
  });

  it('lets a bare Status mean detection unless that has its own column', () => {
    expect(columns.match(['Status'], { least: 1 })?.at('status')).toBe(0);
    const both = columns.match(['Status', 'Detect Status'], { least: 1 });
    expect(both?.at('status')).toBe(1);
    expect(both?.at('own')).toBe(0);
  });

  it('takes a header behind the name of a database table for that header', () => {
    const match = columns.match(['`m`.`Patch`', 'ps.Status', 'Other.Column'], { least: 2 });
    expect([match?.at('patch'), match?.at('status'), match?.unknown]).toEqual([0, 1, ['Other.Column']]);
  });

  it('reads the first cell with text of a header that spans columns', () => {
    const match = columns.match(['Patch', 'Patch', 'Detect Date'], { least: 1 });
    expect(match?.cell(['', 'x', 'y'], 'patch')).toBe('x');
    expect(match?.cell(['', '', 'y'], 'patch')).toBe('');
    expect(match?.cell(['a'], 'date')).toBeNull();
    expect(match?.cell(['a'], 'deploy')).toBeNull();
  });

  it('gives no column to two headers and no header to two columns', () => {
    const header = fc.constantFrom(
      'Status',
      'Detect Status',
      'Patch',
      'Patch Status',
      '検出日',
      'Last Detect Date',
      'x',
      '',
    );
    fc.assert(
      fc.property(fc.array(header, { maxLength: 8 }), (headers) => {
        const match = columns.match(headers, { least: 0 });
        const names = ['patch', 'status', 'date', 'deploy', 'own'] as const;
        const positions = names.map((name) => match?.at(name) ?? -1).filter((at) => at >= 0);
        expect(new Set(positions).size).toBe(positions.length);
      }),
    );
  });
});

describe('compileVocabulary', () => {
  const words = compileVocabulary({ yes: ['Yes', 'はい'], no: ['No'] });

  it('folds width, case, blanks and punctuation', () => {
    expect(words.read('ＹＥＳ ')).toBe('yes');
    expect(words.read('は い。')).toBe('yes');
    expect(words.read('maybe')).toBeNull();
    expect(foldWord('N/A')).toBe('na');
  });

  it('refuses a word with two meanings', () => {
    expect(() => compileVocabulary({ a: ['x'], b: ['X'] })).toThrow('both');
  });
});
