import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hasByte, indexOfByte, lastIndexOfByte } from '../../parsers/text/find-byte.ts';

it('finds a byte where a look at each finds it, in bytes of any kind', () => {
  const bytes = fc.uint8Array({ max: 3, maxLength: 12 });
  fc.assert(
    fc.property(bytes, fc.nat(4), fc.nat(14), fc.boolean(), (given, byte, from, isBuffer) => {
      const all = isBuffer ? Buffer.from(given) : given;
      const places = [...given].flatMap((value, at) => (value === byte ? [at] : []));
      expect(hasByte(all, byte)).toBe(places.length > 0);
      expect(indexOfByte(all, byte)).toBe(places[0] ?? -1);
      expect(indexOfByte(all, byte, from)).toBe(places.find((at) => at >= from) ?? -1);
      expect(lastIndexOfByte(all, byte)).toBe(places.at(-1) ?? -1);
      expect(lastIndexOfByte(all, byte, from)).toBe(places.findLast((at) => at <= from) ?? -1);
    }),
    { numRuns: 1000 },
  );
});
