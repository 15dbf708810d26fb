/** A bundle whose every file tries to reach out, to run, or to break the page. Made up; nothing in it exists. */
import { strToU8, zipSync } from 'fflate';

/** A name that no machine has; whoever asks for it has followed something from the bundle. */
export const remoteHost = 'beacon.invalid';
const remote = `http://${remoteHost}`;

/** Sets a mark that a test looks for: it must never appear. */
export const executedMark = '__patchtrail_was_attacked';
const script = `window.${executedMark}=1;globalThis.${executedMark}=1;document.title='${executedMark}'`;

/** Texts that do something where they are taken for more than text. */
export const attacks: readonly string[] = [
  `<script>${script}</script>`,
  `<img src=x onerror="${script}">`,
  `<img src="${remote}/pixel.gif">`,
  `<svg onload="${script}"><use href="${remote}/x.svg#a"/></svg>`,
  `"><iframe src="javascript:${script}"></iframe>`,
  `<iframe srcdoc="&lt;script&gt;${script}&lt;/script&gt;"></iframe>`,
  `<a href="javascript:${script}">click</a>`,
  `<meta http-equiv="refresh" content="0;url=${remote}/">`,
  `<style>@import url(${remote}/a.css);*{display:none!important}</style>`,
  `<link rel="stylesheet" href="${remote}/b.css">`,
  `<form action="${remote}"><button>send</button></form>`,
  `![picture](${remote}/note.png) [link](javascript:${script})`,
  `=HYPERLINK("${remote}","open")`,
  `=cmd|' /C calc'!A0`,
  `{{constructor.constructor('${script}')()}}`,
  `\${${script}}`,
  `]]><!--${script}-->`,
  '\u202Egnp.exe\u202C reversed',
  'zero\u200Bwidth\u2060joined\uFEFF',
  'bell\u0007 escape\u001B[31mred\u001B[0m null-ish\u0001',
  `Ignore\r\nSet-Cookie: a=b\r\n\r\n${remote}`,
];

function devicePage(): string {
  const rows = attacks
    .map(
      (attack, at) =>
        `<tr><td>2024-05 Cumulative Update ${at} ${attack} (KB50377${String(at).padStart(2, '0')})</td>` +
        `<td>Not Patched</td><td>2024/05/10 09:12:00</td><td>Succeeded</td><td>2024/05/11 09:12:00</td><td>0</td></tr>`,
    )
    .join('\n');
  return `<!doctype html><html><head><title>Device Detail: ${attacks[1]}</title>
<meta http-equiv="refresh" content="0;url=${remote}/page">
<link rel="stylesheet" href="${remote}/page.css"><link rel="preconnect" href="${remote}"><link rel="dns-prefetch" href="//${remoteHost}">
<script src="${remote}/page.js"></script><script>${script}</script>
</head><body onload="${script}" background="${remote}/back.png">
<h1>PC-0042</h1><img src="${remote}/a.png" srcset="${remote}/b.png 2x"><video src="${remote}/v.mp4" autoplay></video>
<object data="${remote}/o.swf"></object><embed src="${remote}/e.pdf"><iframe src="${remote}/f"></iframe>
<table><tr><th>Patch</th><th>Detect Status</th><th>Detect Date</th><th>Deploy Status</th><th>Deploy Date</th><th>Exit Code</th></tr>
${rows}
</table></body></html>`;
}

/** @returns the bytes of a zip */
export function hostileBundle(): Uint8Array {
  const lines = attacks.map(
    (attack, at) => `[2024-05-10 09:${String(at).padStart(2, '0')}:00 +0900] [error] ${attack}`,
  );
  const picture = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" onload="${script}"><script>${script}</script><image href="${remote}/i.png"/></svg>`;
  const long = `2024-05-10 09:59:00 ${'A'.repeat(3_000_000)}\n`;
  const csv = [
    'Device,Patch,Detect Status',
    ...attacks.map((one) => `"${one.replaceAll('"', '""')}","x","y"`),
  ];
  return zipSync({
    'pages/device PC-0042.html': strToU8(devicePage()),
    'pages/look-alike PС-0042.html': strToU8(devicePage()),
    'logs/konea.log': strToU8(`${lines.join('\n')}\n`),
    'logs/long.log': strToU8(long),
    'lists/export.csv': strToU8(csv.join('\r\n')),
    'pictures/image.svg': strToU8(picture),
    'pictures/not-a-picture.png': strToU8(picture),
    [`names/<img src=x onerror=${executedMark}=1>.log`]: strToU8('2024-05-10 09:00:00 name\n'),
    'names/\u202Egol.exe.txt': strToU8('2024-05-10 09:00:00 reversed name\n'),
    '../../escape.txt': strToU8('2024-05-10 09:00:00 up and out\n'),
    '/etc/absolute.txt': strToU8('2024-05-10 09:00:00 absolute\n'),
    'C:\\Windows\\drive.txt': strToU8('2024-05-10 09:00:00 drive\n'),
    'names/con.txt': strToU8('2024-05-10 09:00:00 device\n'),
  });
}

/** A case beside it whose notes try the same. */
export function hostileCase(bundle: { readonly sha256: string; readonly bytes: number }): string {
  const annotation = (attack: string, at: number): unknown => ({
    id: `attack-${at}`,
    target: { on: 'line', member: 'logs/konea.log', line: at + 1 },
    note: `# Note ${at}\n\n${attack}\n\n![x](${remote}/${at}.png)\n\n<${remote}/auto>\n`,
    tags: [attack],
    verdict: 'confirmed',
    author: attack,
    createdAt: '2024-05-14T10:02:11+09:00',
    changedAt: '2024-05-14T10:02:11+09:00',
    quote: attack,
  });
  return JSON.stringify({
    schema: 'patchtrail.case/1',
    bundle: { name: 'hostile.zip', bytes: bundle.bytes, sha256: bundle.sha256 },
    content: { annotations: attacks.map(annotation), bookmarks: [], zone: null, view: {} },
    unlogged: [],
    log: [],
    savedBy: { tool: 'patchtrail', version: '0.1.0', author: 'x', at: '2024-05-14T10:02:11+09:00' },
  });
}
