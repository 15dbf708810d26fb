/** What the panes are filtered by, as chips. Pure. */
import { valueParts } from '../../preload/contract/shapes.ts';
import type { Filter, ValuePart } from '../../preload/contract/shapes.ts';

/** One removable part of a filter. */
export type Chip =
  | {
      readonly part: 'devices' | 'patches' | 'systems' | 'members' | 'levels' | 'rules';
      readonly value: string;
    }
  | { readonly part: ValuePart; readonly values: readonly string[] }
  | { readonly part: 'time'; readonly from: number; readonly to: number }
  | { readonly part: 'text'; readonly expression: string; readonly regex: boolean }
  | { readonly part: 'onlyFindings' };

const listParts = ['systems', 'devices', 'patches', 'levels', 'members', 'rules'] as const;
type ListPart = (typeof listParts)[number] | ValuePart;

export const noFilter: Filter = {};

export function chipsOf(filter: Filter): readonly Chip[] {
  const chips: Chip[] = [];
  for (const part of listParts) for (const value of filter[part] ?? []) chips.push({ part, value });
  for (const part of valueParts) {
    const values = filter[part];
    if (values !== undefined) chips.push({ part, values });
  }
  if (filter.time !== undefined) chips.push({ part: 'time', from: filter.time.from, to: filter.time.to });
  if (filter.text !== undefined) {
    chips.push({ part: 'text', expression: filter.text.expression, regex: filter.text.regex });
  }
  if (filter.onlyFindings === true) chips.push({ part: 'onlyFindings' });
  return chips;
}

/** A stable key of a chip, for lists. */
export function chipKey(chip: Chip): string {
  if ('values' in chip) return chip.part;
  switch (chip.part) {
    case 'time':
      return 'time';
    case 'text':
      return 'text';
    case 'onlyFindings':
      return 'onlyFindings';
    case 'devices':
    case 'patches':
    case 'systems':
    case 'members':
    case 'levels':
    case 'rules':
      return `${chip.part}:${chip.value}`;
  }
}

export function withoutChip(filter: Filter, chip: Chip): Filter {
  if ('values' in chip) return withoutPart(filter, chip.part);
  switch (chip.part) {
    case 'time':
    case 'text':
    case 'onlyFindings':
      return withoutPart(filter, chip.part);
    case 'devices':
    case 'patches':
    case 'systems':
    case 'members':
    case 'levels':
    case 'rules': {
      const rest = (filter[chip.part] ?? []).filter((value) => value !== chip.value);
      return rest.length === 0 ? withoutPart(filter, chip.part) : { ...filter, [chip.part]: rest };
    }
  }
}

/** Sets a part to exactly these values; no values take the part away. */
export function withOnly(filter: Filter, part: ListPart, values: readonly string[]): Filter {
  return values.length === 0 ? withoutPart(filter, part) : { ...filter, [part]: [...values] };
}

/** Adds the value to a part, or takes it away when it is there. */
export function toggled(filter: Filter, part: ListPart, value: string): Filter {
  const values: readonly string[] = filter[part] ?? [];
  return withOnly(
    filter,
    part,
    values.includes(value) ? values.filter((one) => one !== value) : [...values, value],
  );
}

export function withoutPart(filter: Filter, part: keyof Filter): Filter {
  const { [part]: _dropped, ...rest } = filter;
  return rest;
}
