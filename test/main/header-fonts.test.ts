import { describe, expect, it } from 'vitest';
import { inlineFonts, readFontSlices, slicesFor } from '../../main/header-fonts.ts';

const css =
  '@font-face{font-family:Inter;font-style:normal;font-display:swap;font-weight:100 900;' +
  'src:url(./assets/inter.woff2)format("woff2-variations");unicode-range:U+0-FF,U+131}' +
  "@font-face {\n  font-family: 'Noto Sans JP';\n  font-weight: 100 900;\n" +
  "  src: url('./assets/jp.woff2') format('woff2-variations');\n  unicode-range: U+30??,U+6842;\n}";

describe('the fonts of the running header', () => {
  const slices = readFontSlices(css);

  it('are read from a style sheet, minified or not', () => {
    expect(slices).toEqual([
      {
        family: 'Inter',
        style: 'normal',
        weight: '100 900',
        file: './assets/inter.woff2',
        ranges: [
          [0, 0xff],
          [0x131, 0x131],
        ],
      },
      {
        family: 'Noto Sans JP',
        style: 'normal',
        weight: '100 900',
        file: './assets/jp.woff2',
        ranges: [
          [0x3000, 0x30ff],
          [0x6842, 0x6842],
        ],
      },
    ]);
  });

  it('are only those that the text needs', () => {
    const files = (text: string): string[] => slicesFor(text, slices).map(({ file }) => file);
    expect(files('report 1')).toEqual(['./assets/inter.woff2']);
    expect(files('桂')).toEqual(['./assets/jp.woff2']);
    expect(files('カ 1')).toEqual(['./assets/inter.woff2', './assets/jp.woff2']);
    expect(files('𠮟')).toEqual([]);
  });

  it('travel inside the style sheet', () => {
    const [slice] = slices;
    const inline = inlineFonts([{ slice: slice!, bytes: Buffer.from('font') }]);
    expect(inline).toContain('url(data:font/woff2;base64,Zm9udA==)');
    expect(readFontSlices(inline)).toEqual([{ ...slice, file: 'data:font/woff2;base64,Zm9udA==' }]);
  });
});
