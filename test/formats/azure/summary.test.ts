import { expect, it } from 'vitest';
import { readSummary } from '../../../parsers/formats/azure/summary.ts';

it('takes what is left of a damaged summary as it stands: control characters, numbers with zeros', () => {
  const inner = '{"activityId":"a\u0001b","pendingPatchCount":007,"rebootPending":true,"patches":[';
  expect(readSummary('assessment', 'success', inner)).toMatchObject({
    rebootPending: true,
    activityId: null,
  });
});
