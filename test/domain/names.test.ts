import { describe, expect, it } from 'vitest';
import { findKb, foldDeviceName, foldGuid, foldText } from '../../parsers/domain/names.ts';
import { formatCode, parseCode, unsigned32 } from '../../parsers/domain/numbers.ts';

describe('foldDeviceName', () => {
  it.each([
    ['PC-0042', 'pc-0042'],
    ['pc-0042.sakura.example', 'pc-0042'],
    ['SAKURA\\PC-0042', 'pc-0042'],
    ['ＰＣ－００４２', 'pc-0042'],
    ['\\\\PC-0042', 'pc-0042'],
    ['10.1.2.3', '10.1.2.3'],
    ['経理PC 7', '経理pc 7'],
  ])('folds %s', (name, key) => {
    expect(foldDeviceName(name)).toBe(key);
  });
});

describe('findKb', () => {
  it.each([
    ['2024-05 Cumulative Update (KB5037771)', 'KB5037771'],
    ['Package_for_KB4051033~31bf', 'KB4051033'],
    ['更新プログラム（ＫＢ５０３７７７１）', 'KB5037771'],
    ['kb 890830', 'KB890830'],
    ['DKB5037771', null],
    ['KB50377', null],
    ['KB50377711', null],
    ['Firefox 126.0', null],
  ])('reads %s', (text, kb) => {
    expect(findKb(text)).toBe(kb);
  });
});

describe('foldGuid', () => {
  it('drops braces, case and revision', () => {
    expect(foldGuid('{9A3F0001-AAAA-BBBB-CCCC-0123456789AB}.200')).toBe(
      '9a3f0001-aaaa-bbbb-cccc-0123456789ab',
    );
    expect(foldGuid('no guid')).toBeNull();
  });
});

describe('foldText', () => {
  it('folds width, case and blanks', () => {
    expect(foldText(' Ａｃｒｏｂａｔ\u00a0 Reader　DC ')).toBe('acrobat reader dc');
  });
});

describe('codes', () => {
  it.each([
    ['0x8024402C', 0x8024402c],
    ['8024402c', 0x8024402c],
    ['-2145107924', 0x8024402c],
    ['2149859372', 0x8024402c],
    ['３０１０', 3010],
    ['0xBC2', 3010],
    ['80070422', 0x80070422],
    ['1603', 1603],
    ['-1', 0xffffffff],
    ['0xFFFFFFFF8024402C', 0x8024402c],
  ])('reads %s', (text, code) => {
    expect(parseCode(text)).toBe(code);
  });

  it.each(['', 'abc', '0x', '12 34', '1e5'])('does not read %j', (text) => {
    expect(parseCode(text)).toBeNull();
  });

  it('keeps values modulo 2^32', () => {
    expect(unsigned32(-1)).toBe(4294967295);
    expect(unsigned32(2 ** 32 + 5)).toBe(5);
  });

  it('shows HRESULTs in hexadecimal and exit codes as they are', () => {
    expect(formatCode(-2145107924)).toBe('0x8024402C');
    expect(formatCode(3010)).toBe('3010');
    expect(formatCode(0x240005)).toBe('0x00240005');
  });
});
