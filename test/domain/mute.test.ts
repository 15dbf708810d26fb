import { describe, expect, it } from 'vitest';
import { muteOf, partedByMutes } from '../../parsers/domain/mute.ts';
import type { Mute, MuteSubject } from '../../parsers/domain/mute.ts';

function mute(id: string, on: MuteSubject): Mute {
  return { id, on, reason: 'known', author: 'a', createdAt: '2024-06-11T09:41:00+09:00' };
}

const findings = [
  { id: 'f-1', rule: 'kace/one' },
  { id: 'f-2', rule: 'kace/one' },
  { id: 'f-3', rule: 'kace/two' },
];
const ofRule = mute('m-rule', { what: 'rule', rule: 'kace/one' });
const ofFinding = mute('m-finding', { what: 'finding', finding: 'f-2' });

describe('mutes', () => {
  it('cover one finding, or all of a rule', () => {
    expect(partedByMutes(findings, [ofFinding]).heard.map(({ id }) => id)).toEqual(['f-1', 'f-3']);
    expect(partedByMutes(findings, [ofRule]).heard.map(({ id }) => id)).toEqual(['f-3']);
  });

  it('name the reason given for the finding itself before that of its rule', () => {
    expect(muteOf(findings[1]!, [ofRule, ofFinding])).toBe(ofFinding);
    expect(partedByMutes(findings, [ofRule, ofFinding]).muted).toEqual([
      { finding: findings[0], mute: ofRule },
      { finding: findings[1], mute: ofFinding },
    ]);
  });

  it('of other findings cover nothing', () => {
    const other = mute('m', { what: 'finding', finding: 'kace/one' });
    expect(partedByMutes(findings, [other])).toEqual({ heard: findings, muted: [] });
    expect(muteOf(findings[0]!, [other])).toBeNull();
  });
});
