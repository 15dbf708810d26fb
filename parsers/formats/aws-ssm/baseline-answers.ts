import { findKb } from '../../domain/names.ts';
import type { AnswerContext, Entry } from './entry.ts';
import { listOf, numberOf, objectOf, textOf, textsOf, timeOf } from './values.ts';
import type { Json } from './values.ts';

/** A baseline with its rules: get-patch-baseline. */
export function readBaseline(context: AnswerContext, entry: Entry): void {
  const { value } = entry;
  const baseline = textOf(value['BaselineId']);
  if (baseline === null) return;
  const operatingSystem = textOf(value['OperatingSystem']);
  const groups = textsOf(value['PatchGroups']);
  const rules = listOf(objectOf(value['ApprovalRules'])?.['PatchRules']);
  context.harvest.fact({
    type: 'aws/baseline',
    value: {
      baseline,
      name: textOf(value['Name']),
      operatingSystem,
      rejectedAction: textOf(value['RejectedPatchesAction']),
      isDefault: null,
      patchGroups: groups,
      approveAfterDays: rules.flatMap((rule) => numberOf(objectOf(rule)?.['ApproveAfterDays']) ?? []),
    },
    citation: entry.cite(),
  });
  for (const group of groups)
    context.harvest.fact({
      type: 'aws/patch-group',
      // A group may be registered with other baselines as well, which this answer does not tell.
      value: { group, baseline, operatingSystem, isPartial: false },
      citation: entry.cite(`"PatchGroups": ${group}`),
    });
}

/** A baseline by name: describe-patch-baselines, get-default-patch-baseline. */
export function readBaselineIdentity(
  context: AnswerContext,
  entry: Entry,
  value: Json,
  isDefault: boolean | null,
): void {
  const baseline = textOf(value['BaselineId']);
  if (baseline === null) return;
  const stated = value['DefaultBaseline'];
  context.harvest.fact({
    type: 'aws/baseline',
    value: {
      baseline,
      name: textOf(value['BaselineName']),
      operatingSystem: textOf(value['OperatingSystem']),
      rejectedAction: null,
      isDefault: typeof stated === 'boolean' ? stated : isDefault,
      patchGroups: [],
      approveAfterDays: [],
    },
    citation: entry.cite(),
  });
}

/** Which baseline a patch group has: describe-patch-groups, get-patch-baseline-for-patch-group. */
export function readMapping(context: AnswerContext, entry: Entry, isPartial: boolean): void {
  const identity = objectOf(entry.value['BaselineIdentity']);
  const group = textOf(entry.value['PatchGroup']);
  const baseline = textOf(identity?.['BaselineId'] ?? entry.value['BaselineId']);
  if (identity !== null) readBaselineIdentity(context, entry, identity, null);
  if (group === null || baseline === null) return;
  context.harvest.fact({
    type: 'aws/patch-group',
    value: {
      group,
      baseline,
      operatingSystem: textOf(identity?.['OperatingSystem'] ?? entry.value['OperatingSystem']),
      isPartial,
    },
    citation: entry.cite(),
  });
}

/** A patch that a baseline applies to, with its approval: describe-effective-patches-for-patch-baseline. */
export function readEffectivePatch(context: AnswerContext, entry: Entry): void {
  const patch = objectOf(entry.value['Patch']);
  const status = objectOf(entry.value['PatchStatus']);
  if (patch === null || status === null) return;
  const id = textOf(patch['KbNumber']);
  const title = textOf(patch['Title']) ?? textOf(patch['Name']);
  const name = title ?? id;
  if (name === null) return;
  const baseline = /pb-[0-9A-Za-z]{8,20}/u.exec(context.path)?.[0] ?? null;
  context.harvest.fact({
    type: 'aws/approval',
    patch: name,
    value: {
      patch: name,
      kb: (id === null ? null : findKb(id)) ?? findKb(name),
      baseline,
      status: textOf(status['DeploymentStatus']) ?? '',
      approvedAt: timeOf(context, entry.place.line, status['ApprovalDate']).at,
    },
    citation: entry.cite(),
  });
}
