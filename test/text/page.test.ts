import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPage } from '../../parsers/text/page.ts';
import type { Page } from '../../parsers/text/page.ts';

function pairs(html: string): Record<string, string> {
  const read = readPage(html).pairs;
  const values: Record<string, string> = {};
  // The first of several counts.
  for (const pair of read) values[pair.label] ??= pair.value;
  return values;
}

function cells(page: Page, table = 0): readonly (readonly string[])[] {
  return page.tables[table]?.rows.map((row) => row.cells) ?? [];
}

describe('tables of a page', () => {
  it('finds the table inside the layout, with the lines where its rows start', () => {
    const page = readPage(
      '<body>\n<table><tr><td>menu</td><td>\n<h2>States</h2>\n<table>\n<tr><th>A<th>B<th>C</tr>\n' +
        '<tr\n class="x"><td>1</td>\n<td>2</td><td>3\n</td></tr>\n<tr><td>4<td>5<td>6\n</table></td></tr></table>',
    );
    expect(page.tables).toEqual([
      {
        headers: ['A', 'B', 'C'],
        headerLine: 5,
        title: 'States',
        rows: [
          { line: 6, row: 1, cells: ['1', '2', '3'] },
          { line: 10, row: 2, cells: ['4', '5', '6'] },
        ],
      },
    ]);
  });

  it('reads headers of links, icons, line breaks, titles; in th or in the first row', () => {
    const page = readPage(
      '<table><tr><th><a href="x" title="sort">Name<img alt="ascending"></a><th>De<b>tect</b><br>Date<th><img alt="State">' +
        '<tr><td>1<td>2<td>3</table><table><tr><td><b>x</b><td>y<td title="z"></tr><tr><td>1<td>2<td>3</table>',
    );
    expect(page.tables.map((table) => table.headers)).toEqual([
      ['Name', 'Detect Date', 'State'],
      ['x', 'y', 'z'],
    ]);
  });

  it('joins two rows of headers and drops a row of filters', () => {
    const page = readPage(
      '<table><thead><tr><th rowspan=2>Patch<th colspan=2>Detect<th>Deploy</tr><tr><th>Status<th>Date<th><input></tr></thead>' +
        '<tr><td>a<td>b<td>c<td>d</table>',
    );
    expect(page.tables[0]?.headers).toEqual(['Patch', 'Detect Status', 'Detect Date', 'Deploy']);
  });

  it('fills rowspans downwards, leaves colspans of data open, skips footers and repeated headers', () => {
    const page = readPage(
      '<table><tr><th colspan=3>Title of it</th></tr><tr><th>A<th>B<th>C</tr><tr><td rowspan=2>1<td colspan=2>2' +
        '<tr><td>3<td>4<tr><th>A<th>B<th>C<tr><td>5<td>6<td>7<tr><td colspan=3>1-3 of 3</table>',
    );
    expect(page.tables[0]?.title).toBe('Title of it');
    expect(cells(page)).toEqual([
      ['1', '2', ''],
      ['1', '3', '4'],
      ['5', '6', '7'],
    ]);
  });

  it('shows nothing of what is hidden, scripted or commented out', () => {
    const page = readPage(
      '<script>"<table><tr><th>x<th>y<tr><td>1<td>2</table>"</script><template><p>t</template><style>p{}</style>' +
        '<noscript>n</noscript><!-- <p>c</p> --><div style="color:red; DISPLAY : none"><p>d<table><tr><th>h<th>i<tr><td>1<td>2</table></div>' +
        '<p hidden>e</p><table><tr><th>A<th>B<tr style="display:none"><td>1<td>2<tr><td>3<td><span hidden>no</span>4</table>',
    );
    expect(page.texts.map(({ text }) => text).filter((text) => text.length > 1)).toEqual([]);
    expect(page.tables).toHaveLength(1);
    expect(cells(page)).toEqual([['3', '4']]);
  });

  it('decodes character references and keeps full-width blanks', () => {
    expect(
      cells(readPage('<table><tr><th>A<th>B<tr><td>&lt;a &amp; b&gt;&nbsp; c<td>&#x3042;\u3000い</table>')),
    ).toEqual([['<a & b> c', 'あ\u3000い']]);
  });

  it('takes the text of an icon or a field for a cell without text', () => {
    expect(
      cells(
        readPage(
          '<table><tr><th>A<th>B<th>C<tr><td><img alt="Patched"><td><input value="7"><td><select><option>x<option selected>y</select></table>',
        ),
      ),
    ).toEqual([['Patched', '7', 'y']]);
  });

  it('drops the cell inside which a page was cut, and keeps what stands before it', () => {
    const whole = '<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr><tr><td>3</td><td>4';
    expect(cells(readPage(whole))).toEqual([['1', '2'], ['3']]);
    expect(cells(readPage(`${whole}</td></tr><tr><td cla`))).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
    // A page that closes no cell at all was not cut.
    expect(cells(readPage('<table><tr><th>A<th>B<tr><td>1<td>2'))).toEqual([['1', '2']]);
  });

  it('reads back any plain table', () => {
    const text = fc
      .string({ unit: fc.constantFrom('a', 'B', '漢', '&', '<', '>', '"', '1', ' ') })
      .map((value) => `x${value.trim()}`);
    fc.assert(
      fc.property(
        fc.array(fc.array(text, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 8 }),
        (rows) => {
          const escape = (value: string): string =>
            value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
          const write = (row: readonly string[]): string =>
            `<tr>${row.map((value) => `<td>${escape(value)}</td>`).join('')}</tr>`;
          const html = `<table><tr><th>A</th><th>B</th><th>C</th></tr>\n${rows.map(write).join('\n')}</table>`;
          const read = readPage(html).tables[0]?.rows ?? [];
          expect(read.map((row) => row.cells)).toEqual(
            rows.map((row) => row.map((value) => value.replace(/ +/gu, ' '))),
          );
          expect(read.map((row) => row.line)).toEqual(rows.map((_, index) => index + 2));
        },
      ),
    );
  });
});

describe('grids of other elements', () => {
  const cell = (text: string, role = 'gridcell'): string =>
    `<div class="c" role="${role}"><div><span>${text}</span></div></div>`;

  it('are tables by their roles, on their own lines', () => {
    const page = readPage(
      `<h1>x</h1>\n<div role="grid"><div role='rowgroup'><div role=row>${['A', 'B', 'C'].map((text) => cell(text, 'columnheader')).join('')}</div></div>\n<div role="rowgroup">\n<div role="row">${['1', '2', '3'].map((text) => cell(text)).join('')}</div>\n<script>"<div role=row>"</script><!-- <div role=row> --><div role="row">${['4', '', '6'].map((text) => cell(text)).join('')}</div></div></div><div>below</div>`,
    );
    expect(page.tables).toMatchObject([
      {
        headers: ['A', 'B', 'C'],
        headerLine: 2,
        rows: [
          { line: 4, row: 1, cells: ['1', '2', '3'] },
          { line: 5, row: 2, cells: ['4', '', '6'] },
        ],
      },
    ]);
  });

  it('leave tables with roles of their own alone', () => {
    const html =
      '<table role="grid"><tr role="row"><th role="columnheader">A</th><th>B</th></tr><tr role="row"><td role="gridcell">1</td><td>2</td></tr></table>';
    expect(cells(readPage(html))).toEqual([['1', '2']]);
  });

  it.each([
    ['open tags', '<div role="row">'.repeat(20_000)],
    ['tags without an end', '<div role="row" '.repeat(20_000)],
    ['comments without an end', `<div role="row">${'<!--'.repeat(20_000)}`],
    ['closing tags', `<div role="row">${'</div>'.repeat(20_000)}`],
  ])('cost no more than their length: %s', (_, html) => {
    expect(readPage(html).tables).toEqual([]);
  });
});

describe('pairs of a page', () => {
  it('stand beside each other where every label has a colon', () => {
    const html =
      '<table><tr><td>Action:</td><td>Detect</td><td>Labels :</td><td>a, b</td></tr><tr><td>再起動：</td><td>なし</td><td>Last run:</td><td></td></tr></table>';
    expect(pairs(html)).toEqual({ Action: 'Detect', Labels: 'a, b', 再起動: 'なし', 'Last run': '' });
    expect(readPage(html).tables).toEqual([]);
    const table =
      '<table><tr><td>a:</td><td>b</td><td>c:</td><td>d</td></tr><tr><td>1</td><td>2</td><td>3</td><td>4</td></tr></table>';
    expect(readPage(table).tables[0]?.headers).toEqual(['a:', 'b', 'c:', 'd']);
  });

  it('reads two-cell rows, heading cells before values, and definition lists', () => {
    expect(
      pairs(
        '<table><tr><td>Name：</td><td>PC<br>two</td></tr><tr><th>A</th><td>1</td><th>B</th><td>2</td></tr></table><dl><dt>OS<dd>Windows <b>11</b><dt>IP<dd><ul><li>1</li><li>2</li></ul></dl>',
      ),
    ).toEqual({ Name: 'PC, two', A: '1', B: '2', OS: 'Windows 11', IP: '1, 2' });
  });

  it('reads labels beside and around fields, before and after them', () => {
    expect(
      pairs(
        '<div>Max tries <input value="3"> times</div><input id=a value=x><label for=a>For</label><label>Around <textarea>t\nu</textarea></label>' +
          '<div class=l>Apart</div><div><select><option>x<option selected>y</select></div><label>Shown</label><span>as text</span>',
      ),
    ).toMatchObject({ 'Max tries': '3', For: 'x', Around: 't u', Apart: 'y', Shown: 'as text' });
  });

  it('reads the choices that are made, by their labels', () => {
    expect(
      pairs(
        '<table><tr><td>Reboot<td><input type=radio name=r id=1><label for=1>Never</label><input type=radio name=r id=2 checked><label for=2>Force</label></table>' +
          '<div>Labels</div><label><input type=checkbox checked>One</label><label><input type=checkbox>Two</label><input type=checkbox checked> Three',
      ),
    ).toMatchObject({ Reboot: 'Force', Labels: 'One, Three' });
  });

  it('takes the first option for the one shown when none is marked, and none of a list', () => {
    expect(
      pairs(
        '<p>A <select><option>x<option>y</select><p>B <select multiple><option>x<option>y</select><p>C <input type=hidden value=no>',
      ),
    ).toEqual({ A: 'x', B: '' });
  });
});

describe('tabs, headings, dates of a page', () => {
  it('tells which tab is marked, and which stand beside it', () => {
    const page = readPage(
      '<ul><li class="tab-active"><a>All (2)</a><li>Missing</ul><ul><li>no<li>tabs</ul><a role=tab aria-selected=true>X</a><a role=tab>Y</a>' +
        '<i class="inactive">no</i><span class="not-selected">no</span><select><option>P<option selected>Q</select>',
    );
    expect(page.tabs.map(({ text, selected }) => [text, selected])).toEqual([
      ['All (2)', true],
      ['Missing', false],
      ['X', true],
      ['Y', false],
      ['P', false],
      ['Q', true],
    ]);
    const groups = page.tabs.map((tab) => tab.group);
    expect(groups[0]).toBe(groups[1]);
    expect(groups[0]).not.toBe(groups[2]);
    expect(groups[4]).toBe(groups[5]);
  });

  it('reads title and headings', () => {
    const page = readPage(
      '<title>T &amp; t</title>\n<h1>One <b>and</b></h1>\n<div role="heading">two</div><h2 hidden>no</h2>',
    );
    expect(page.title).toBe('T & t');
    expect(page.headings).toEqual([
      { level: 1, text: 'One and', line: 2 },
      { level: 6, text: 'two', line: 3 },
    ]);
  });

  it.each([
    ['<p>印刷日時: 2024/05/14 10:05</p>', '2024/05/14 10:05'],
    ['<table><tr><td>Generated on<td>May 14, 2024 10:05:00</table>', 'May 14, 2024 10:05:00'],
    ['<p>Report generated 2024-05-14 10:05:00 by admin</p>', '2024-05-14 10:05:00'],
    [
      '<!-- Page saved with SingleFile\n saved date: Tue May 14 2024 10:05:00 GMT+0900 (JST)\n-->',
      'Tue May 14 2024 10:05:00 GMT+0900 (JST)',
    ],
    ['<p>Created on 2024-05-14 10:05:00</p>', null],
  ])('finds when it was captured: %s', (html, expected) => {
    expect(readPage(html).savedAt).toBe(expected);
  });
});

describe('web archives', () => {
  const html =
    '<html><head><title>端末</title></head><body><table>\r\n<tr><th>A</th><th>B</th></tr>\r\n<tr><td>é=1</td><td>2</td></tr></table></body></html>';

  function archive(encoding: string, body: string, charset = 'utf-8'): Buffer {
    return Buffer.from(
      `From: <Saved by Blink>\r\nDate: Tue, 14 May 2024 10:05:00 +0900\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="B--x"\r\n\r\n--B--x\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--B--x\r\nContent-Type: text/html; charset="${charset}"\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}\r\n--B--x--\r\n`,
      'latin1',
    );
  }

  function quoted(text: string): string {
    return [...Buffer.from(text, 'utf8')]
      .map((byte, index) => {
        const plain = (byte >= 33 && byte <= 126 && byte !== 61) || byte === 32 || byte === 10 || byte === 13;
        const written = plain
          ? String.fromCharCode(byte)
          : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
        return index % 60 === 59 ? `${written}=\r\n` : written;
      })
      .join('');
  }

  it.each([
    ['quoted-printable', quoted(html)],
    ['base64', Buffer.from(html, 'utf8').toString('base64').replace(/.{76}/gu, '$&\r\n')],
    ['8bit', Buffer.from(html, 'utf8').toString('latin1')],
  ])('decodes the page, %s, and counts its lines', (encoding, body) => {
    const page = readPage(archive(encoding, body));
    expect(page.title).toBe('端末');
    expect(page.savedAt).toBe('Tue, 14 May 2024 10:05:00 +0900');
    expect(page.tables[0]?.rows).toEqual([{ line: 3, row: 1, cells: ['é=1', '2'] }]);
  });

  it('decodes by the character set of the part', () => {
    const page = readPage(archive('quoted-printable', '<title>=92=5B=96=96</title>', 'shift_jis'));
    expect(page.title).toBe('端末');
  });

  it('reads an archive that was cut, and one without a page', () => {
    const whole = archive('quoted-printable', quoted(html));
    expect(readPage(whole.subarray(0, whole.length - 60)).title).toBe('端末');
    expect(
      readPage(Buffer.from('MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\n')).tables,
    ).toEqual([]);
  });

  it('reads bytes of a plain page by its own statement', () => {
    const bytes = Buffer.concat([
      Buffer.from('<meta charset="Shift_JIS"><title>'),
      Buffer.from([0x92, 0x5b, 0x96, 0x96]),
      Buffer.from('</title>'),
    ]);
    expect(readPage(bytes).title).toBe('端末');
  });
});

describe('hostile pages', () => {
  it.each([
    ['nested tables', '<table><tr><td>x'.repeat(200_000)],
    ['nested tables without cells', '<table>'.repeat(60_000)],
    ['nested tables with headers', '<table><tr><th>a<th>b<tr><td>'.repeat(30_000)],
    ['a long attribute', `<p title="${'x'.repeat(300_000)}" class="${'active '.repeat(30_000)}">a`],
    ['tags that never end', `<b><table><tr><td>${'<i>'.repeat(60_000)}${'</b>'.repeat(60_000)}`],
    ['captures in captures', '<div class=active><label>x<h1><dd>'.repeat(50_000)],
    ['spans', `<table><tr>${'<td rowspan=65534 colspan=1000>x'.repeat(10_000)}${'<tr><td>y'.repeat(65_000)}`],
    ['brackets', '<'.repeat(300_000)],
    ['references', '&a'.repeat(300_000)],
    ['comments', '<!-- '.repeat(150_000)],
    ['fields', '<div>x<input type=checkbox>'.repeat(30_000)],
    ['options', `<select>${'<option>a'.repeat(60_000)}`],
    ['an attribute that never ends', `<p><a href="${'x>'.repeat(150_000)}`],
    ['ever new names', Array.from({ length: 100_000 }, (_, index) => `<x${index} y${index}=1>`).join('')],
  ])(
    'are read in linear time: %s',
    (_, html) => {
      const start = performance.now();
      readPage(html);
      // Quadratic time would be minutes; the margin is for busy machines.
      expect(performance.now() - start).toBeLessThan(20_000);
    },
    30_000,
  );

  it('are never thrown at', () => {
    const piece = fc.constantFrom(
      ...'<table>|</table>|<tr>|</tr>|<td>|<th>|</td>|<thead>|</tbody>|<select>|<option selected>|</select>|<label for=a>|</label>|<input id=a value=1>|<input type=radio checked>|<dl>|<dt>|<dd>|<h1>|</h1>|<li class=active>|<div hidden>|</div>|<caption>|<textarea>|</textarea>|<title>|</title>|<td rowspan=3 colspan=2>|<script>|</script>|<!--|-->|text|: |\n|&amp;|<'.split(
        '|',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const page = readPage(pieces.join(''));
        for (const table of page.tables) expect(table.headers.length).toBeGreaterThan(1);
      }),
      { numRuns: 2000 },
    );
  });
});
