import { expect, test } from 'vitest';
import { misnamedExtension } from '../../parsers/domain/misnamed.ts';

const text = { state: 'text', reason: 'unknown-format', encoding: 'utf-8' } as const;
const archive = { state: 'parsed', reason: 'archive', encoding: null } as const;
const image = { state: 'image', reason: null, encoding: null } as const;
const workbook = { state: 'parsed', reason: null, encoding: null } as const;
const page = { state: 'parsed', reason: null, encoding: 'utf-8' } as const;
const binary = { state: 'opaque', reason: 'unknown-format', encoding: null } as const;
const damaged = { state: 'damaged', reason: 'bad-crc', encoding: 'utf-8' } as const;
const empty = { state: 'text', reason: 'empty', encoding: null } as const;
const locked = { state: 'encrypted', reason: 'password-needed', encoding: null } as const;

test.each([
  ['logs/x.ZIP', text, '.zip'],
  ['x.tgz', text, '.tgz'],
  ['x.gz', binary, '.gz'],
  ['list.xlsx', page, '.xlsx'],
  ['list.xlsx', archive, '.xlsx'],
  ['x.log', archive, '.log'],
  ['list.csv', workbook, '.csv'],
  ['page.htm', image, '.htm'],
  ['picture.png', page, '.png'],
] as const)('%s that holds something else', (path, member, extension) => {
  expect(misnamedExtension(path, member)).toBe(extension);
});

test.each([
  ['x.log', text],
  ['x.log', binary],
  ['x.zip', archive],
  ['x.log.gz', archive],
  ['list.xlsx', workbook],
  ['locked.xlsx', binary],
  ['list.xls', page],
  ['x.log.1', archive],
  ['picture.jpg', image],
  ['x.zip', damaged],
  ['x.zip', empty],
  ['x.zip', locked],
  ['without', archive],
] as const)('%s that holds what it says, says nothing, or is not known', (path, member) => {
  expect(misnamedExtension(path, member)).toBe(null);
});
