import { defineRule, consistent, found, notApplicable, place } from '../define-rule.ts';

/** Pictures cited one by one; a folder of hundreds of screenshots makes the same point with fewer. */
const citedPictures = 50;

/**
 * Screenshots are evidence that no table reader sees. When they are all there is, nothing was
 * compared, and an empty list of findings would look like health (S0).
 */
export const onlyPictures = defineRule({
  id: 'coverage/only-pictures',
  kind: 'gap',
  severity: 'high',
  system: null,
  looksAt: 'bundle',
  needs: ['members'],
  source: 'S0',
  check(_bundle, evidence) {
    const pictures = evidence.members.filter((member) => member.state === 'image');
    if (pictures.length === 0) return notApplicable;
    const tableRead =
      evidence.records.length > 0 ||
      evidence.members.some((member) => member.state === 'parsed' && (member.rows ?? 0) > 0);
    if (tableRead) return consistent;
    return found({
      parameters: { pictures: pictures.length },
      witnesses: pictures
        .slice(0, citedPictures)
        .map((member) =>
          place({ member: member.path, line: null, row: null, pointer: null, quote: '' }, 'picture'),
        ),
    });
  },
});
