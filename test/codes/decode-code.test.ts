import { describe, expect, it } from 'vitest';
import { systemIds } from '../../parsers/domain/evidence.ts';
import { allFamilies, familiesOfSystem } from '../../parsers/codes/code-entry.ts';
import { codeRows, decodeCode, decodeCodes } from '../../parsers/codes/decode-code.ts';
import advice from '../../resources/codes/advice.json' with { type: 'json' };
import sources from '../../resources/codes/sources.json' with { type: 'json' };

const japanese = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u;

describe('decodeCode', () => {
  it.each([
    '0x8024402C',
    '8024402c',
    '8024402C',
    '-2145107924',
    '2149859372',
    ' 0x8024402c ',
    '０ｘ８０２４４０２Ｃ',
  ])('reads every form of one code: %s', (text) => {
    expect(decodeCode(text)?.symbol).toBe('WU_E_PT_WINHTTP_NAME_NOT_RESOLVED');
  });

  it.each([-2145107924, 2149859372, 0x8024402c])('reads numbers of any sign: %d', (value) => {
    expect(decodeCode(value)).toMatchObject({ code: 0x8024402c, family: 'windows-update' });
  });

  it('reads a cell that holds two forms', () => {
    expect(decodeCode('3010, 0xBC2')?.symbol).toBe('ERROR_SUCCESS_REBOOT_REQUIRED');
    expect(decodeCode('1603, 0x643')?.symbol).toBe('ERROR_INSTALL_FAILURE');
  });

  it('reads a symbol', () => {
    expect(decodeCode('WU_E_NO_SERVICE')?.code).toBe(0x80240001);
    expect(decodeCode('iau_status_file_exists')?.code).toBe(0xc0020005);
  });

  it('knows the installer behind 0x8007xxxx', () => {
    expect(decodeCode('0x80070666')).toMatchObject({ code: 0x80070666, symbol: 'ERROR_PRODUCT_VERSION' });
  });

  it('claims nothing where no source does', () => {
    for (const unknown of ['0x8ABCDEF0', 12345, '77777', '', 'n/a', Number.NaN, 1.5]) {
      expect(decodeCode(unknown)).toBeNull();
    }
  });

  it('says of the codes of the KACE patch tool where to look them up, and nothing more', () => {
    const entry = decodeCode(8003, { families: familiesOfSystem['kace-sma'] });
    expect(entry).toMatchObject({ code: 8003, family: 'kace', symbol: null });
    expect(entry?.en.meaning).toBe('Code 8003 of the KACE patch tool (Quest KB 4209270).');
    expect(entry?.ja.meaning).toContain('4209270');
    expect(decodeCode(8003, { families: ['windows-installer'] })).toBeNull();
    expect(decodeCode(9000)).toBeNull();
  });

  it('keeps small numbers apart by family', () => {
    expect(decodeCodes(100).map((entry) => entry.family)).toEqual(['zypper', 'yum', 'apt']);
    expect(decodeCode(100, { families: ['yum'] })?.en.meaning).toMatch(/available/u);
    expect(decodeCode(100, { families: ['apt'] })?.en.meaning).toMatch(/error/u);
    expect(decodeCode(3010, { families: familiesOfSystem['aws-ssm'] })?.family).toBe('ssm');
    expect(decodeCode(3010, { families: familiesOfSystem['kace-sma'] })?.family).toBe('windows-installer');
    expect(decodeCode(88, { families: familiesOfSystem['azure-update-manager'] })?.symbol).toBe(
      'HandlerFailed',
    );
    expect(decodeCode(1603, { families: ['apt'] })).toBeNull();
  });

  it.each([
    ['0x8024002E', /unmanaged server/u, /service is disabled/u],
    ['0x8024401C', /HTTP 408/u, /network/u],
    ['0x8024402F', /cab file/u, /network/u],
    ['0x8024402C', /cannot be resolved/u, /WUServer/u],
  ])("shows Microsoft's meaning and the guide's where they differ: %s", (code, microsoft, guide) => {
    const meaning = decodeCode(code)?.en.meaning;
    expect(meaning).toMatch(microsoft);
    expect(meaning).toMatch(guide);
    expect(decodeCode(code)?.ja.meaning).toMatch(/Microsoft の説明.*Azure Update Manager のガイド/u);
  });

  it.each([
    ['0x80072EE2', /WSUS|proxy/u],
    ['0x80070422', /wuauserv/u],
    ['0x80070005', /SoftwareDistribution/u],
    ['0x8024001E', /stopping/u],
    ['0x800F0922', /CBS\.log/u],
  ])('advises what the guides do: %s', (code, pattern) => {
    const entry = decodeCode(code);
    expect(`${entry?.en.meaning ?? ''} ${entry?.en.advice ?? ''}`).toMatch(pattern);
  });

  it("gives the vendor's own name and that of the error table where the two differ", () => {
    const entry = decodeCode('0x80200020');
    expect(entry?.symbol).toBe('BG_E_TOO_LARGE');
    expect(entry?.en.meaning).toContain('BG_E_CONNECTION_CLOSED');
    expect(entry?.ja.meaning).toContain('BG_E_CONNECTION_CLOSED');
  });

  it.each([
    ['0x800706D9', 'EPT_S_NOT_REGISTERED', 'RPC_S_NO_BINDINGS'],
    ['0x80070775', 'ERROR_ACCOUNT_LOCKED_OUT', 'ERROR_INVALID_DATATYPE'],
    ['0x800705DC', 'ERROR_EVENTLOG_FILE_CORRUPT', 'ERROR_EVENTLOG_CANT_START'],
    ['0x80070052', 'ERROR_CANNOT_MAKE', 'ERROR_DUP_NAME'],
    ['0x80200024', 'BG_E_NO_PROGRESS', 'BG_E_HTTP_ERROR_404'],
    ['0x80004015', 'CO_E_WRONG_SERVER_IDENTITY', 'CO_E_WRONGOSFORAPP'],
  ])('calls %s %s as its header does, and says that a table lists it as %s', (code, symbol, listed) => {
    const entry = decodeCode(code);
    expect(entry?.symbol).toBe(symbol);
    expect(entry?.en.meaning).toContain(listed);
    expect(entry?.ja.meaning).toContain(listed);
  });

  it('finds a code by the name that only the error table gives', () => {
    expect(decodeCode('SCCM_E_DEPENDENCYNOTMET')?.code).toBe(0x80041007);
    expect(decodeCode('BG_E_CONNECTION_CLOSED')?.symbol).toBe('BG_E_TOO_LARGE');
  });

  it.each([
    [0, /success/iu],
    [0x240005, /re(?:start|boot)/iu],
    [0x240006, /already installed/iu],
    [1641, /restart/iu],
    [0x00ff0008, /has not started/iu],
    [0xc0ff0051, /source/iu],
    [-1073610747, /already exists/iu],
    [-18, /not available/iu],
    [194, /restart/iu],
  ])('knows %d', (code, pattern) => {
    expect(decodeCode(code)?.en.meaning).toMatch(pattern);
  });
});

describe('the dictionary', () => {
  it('is as large as its sources', () => {
    expect(codeRows.length).toBeGreaterThan(700);
  });

  it('names a source, an advice and both languages for every code', () => {
    const faults = codeRows.flatMap((row) => [
      ...(Object.hasOwn(sources, row.source) ? [] : [`${row.code} has no source ${row.source}`]),
      ...(Object.hasOwn(advice, row.advice) ? [] : [`${row.code} has no advice ${row.advice}`]),
      ...(/[.]$/u.test(row.en) && !japanese.test(row.en) ? [] : [`${row.code} en: ${row.en}`]),
      ...(/[。）]$/u.test(row.ja) && japanese.test(row.ja) ? [] : [`${row.code} ja: ${row.ja}`]),
      ...(allFamilies.includes(row.family) ? [] : [`${row.code} has no family ${row.family}`]),
    ]);
    expect(faults).toEqual([]);
  });

  it('has a code once per family', () => {
    const keys = codeRows.map((row) => `${row.family} ${Number(row.code)}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('advises in both languages, and leaves no advice unused', () => {
    const used = new Set([...codeRows.map((row) => row.advice), 'kace-kb']);
    for (const [id, texts] of Object.entries(advice)) {
      expect(used).toContain(id);
      expect(texts.en).toMatch(/[.]$/u);
      expect(texts.ja).toMatch(japanese);
    }
  });

  it('has families for every system', () => {
    for (const system of systemIds) expect(familiesOfSystem[system].length).toBeGreaterThan(0);
  });
});
