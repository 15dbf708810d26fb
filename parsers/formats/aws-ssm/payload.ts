import type { Citation } from '../../domain/evidence.ts';
import type { Moment } from '../../domain/moment.ts';
import type { MemberContext } from '../define-format.ts';
import type { AwsCounts, AwsOperation } from './facts.ts';
import { readPythonLiteral } from './python-literal.ts';
import type { PythonValue } from './python-literal.ts';
import {
  countNames,
  countsIn,
  cutMark,
  hasNegative,
  instanceInText,
  isEmptyCounts,
  listOf,
  noCounts,
  numberOf,
  objectOf,
  operationOf,
  readTime,
  shortened,
  textOf,
  textsOf,
} from './values.ts';
import type { AwsTime, Json } from './values.ts';

/** What is known of an output before its first line. */
export interface PayloadOptions {
  readonly commandId: string | null;
  readonly device: string | null;
}

/** Packages of one output that are told one by one. */
const mostPackages = 5_000;

const lockText =
  /another process has acquired \w+ lock|could not get lock \/var\/lib\/(?:dpkg|apt)|another app is currently holding the (?:yum|dnf) lock|system management is locked by the application|waiting for (?:process|cache lock)\b.*(?:lock|finish)/iu;
const uploadFailed =
  /\bunable to (?:upload|report)\b.*(?:compliance|report|inventory)|\bfailed to upload\b.*(?:compliance|report|inventory)/iu;
const uploadSucceeded =
  /\breport upload successful\b|\bsuccessfully (?:uploaded|reported)\b.*(?:compliance|report|inventory)/iu;

interface Package {
  attempts: number;
  failed: boolean;
  at: Moment | null;
  citation: Citation;
}

/**
 * Reads the output of the patch payload, of Linux and of Windows, line by line: from the orchestration folder,
 * or from the copy that the service keeps of it. The last result wins, as a restart starts it anew.
 */
export class PayloadReader {
  readonly #context: MemberContext;
  readonly #options: PayloadOptions;
  #device: string | null;
  #operation: AwsOperation | null = null;
  #baseline: string | null = null;
  #patchGroup: string | null = null;
  #snapshotId: string | null = null;
  #rebootOption: string | null = null;
  #isOverridden = false;
  #counts: AwsCounts = noCounts;
  #countsAt: Citation | null = null;
  #countsTime: Moment | null = null;
  #headerAt: Citation | null = null;
  #startedAt: Moment | null = null;
  #summary: Map<string, string> | null = null;
  #lastNoReboot: Moment | null = null;
  #boot: { readonly at: Moment; readonly citation: Citation } | null = null;
  #upload: {
    readonly succeeded: boolean;
    readonly at: Moment | null;
    readonly citation: Citation;
    readonly text: string;
  } | null = null;
  readonly #packages = new Map<string, Package>();
  #isCut = false;
  #lines = 0;

  constructor(context: MemberContext, options: PayloadOptions) {
    this.#context = context;
    this.#options = options;
    this.#device = options.device;
  }

  /** The node as the header or the path states it. */
  get device(): string | null {
    return this.#device;
  }

  /** Whether anything of a patch operation was seen. */
  get isPatching(): boolean {
    return this.#headerAt !== null || this.#countsAt !== null;
  }

  cut(): void {
    this.#isCut = true;
  }

  /** @param body the line behind its stamp @param at its time, null when it has none */
  line(body: string, at: Moment | null, cite: () => Citation): void {
    this.#lines += 1;
    this.#startedAt ??= at;
    const text = body.trim();
    if (text === '') return;
    if (this.#summary !== null && this.#summaryLine(text)) return;
    if (cutMark.test(text)) this.#isCut = true;
    if (this.#header(text, cite)) return;
    if (/\bInstalled count:\s*-?\d/iu.test(text)) {
      this.#readCounts(text, at, cite());
      return;
    }
    this.#package(text, at, cite);
    const restarts = /failed to reboot (?<times>\d{1,4})x in a row/iu.exec(text)?.groups?.['times'];
    if (restarts !== undefined)
      this.#context.harvest.event({
        type: 'aws/reboot-failed',
        device: this.#device,
        at,
        citation: cite(),
        detail: { times: Number(restarts) },
      });
    if (uploadSucceeded.test(text)) this.#upload = { succeeded: true, at, citation: cite(), text };
    else if (uploadFailed.test(text)) this.#upload = { succeeded: false, at, citation: cite(), text };
    else if (lockText.test(text))
      this.#context.harvest.event({
        type: 'aws/package-lock',
        device: this.#device,
        at,
        citation: cite(),
        detail: { text: shortened(text, 200) },
      });
  }

  #header(text: string, cite: () => Citation): boolean {
    const running = /Running with snapshot id = (?<snapshot>\S*) and operation = (?<operation>\w+)/iu.exec(
      text,
    )?.groups;
    if (running !== undefined) {
      this.#headerAt ??= cite();
      this.#snapshotId = textOf(running['snapshot']) ?? this.#snapshotId;
      this.#operation = operationOf(running['operation']) ?? this.#operation;
      return true;
    }
    const summary = /^Patch Summary for\s+(?<instance>\S+)/iu.exec(text)?.groups;
    if (summary !== undefined) {
      this.#headerAt ??= cite();
      this.#countsAt = cite();
      this.#device ??= instanceInText(summary['instance'] ?? '') ?? textOf(summary['instance']);
      this.#summary = new Map();
      return true;
    }
    if (/Reboot is not permitted because RebootOption is NoReboot/iu.test(text)) {
      this.#rebootOption ??= 'NoReboot';
      return true;
    }
    const field = /^(?<key>[A-Za-z][A-Za-z ]{2,40}?)\s*:\s*(?<value>.*)$/u.exec(text)?.groups;
    if (field === undefined) return false;
    return this.#field(
      (field['key'] ?? '').replaceAll(/\s/gu, '').toLowerCase(),
      (field['value'] ?? '').trim(),
      cite,
    );
  }

  #field(key: string, value: string, cite: () => Citation): boolean {
    const stated = /^(?:none|null|n\/a)?$/iu.test(value) ? null : value;
    switch (key) {
      case 'instanceid':
        this.#headerAt ??= cite();
        this.#device ??= stated;
        return true;
      case 'patchgroup':
        this.#patchGroup = stated ?? this.#patchGroup;
        return true;
      case 'operationtype':
        this.#headerAt ??= cite();
        this.#operation = operationOf(value) ?? this.#operation;
        return true;
      case 'snapshotid':
        this.#snapshotId = stated ?? this.#snapshotId;
        return true;
      case 'rebootoption':
        this.#rebootOption = stated ?? this.#rebootOption;
        return true;
      case 'installoverridelist':
      case 'baselineoverride':
      case 'patchbaselineoverride':
        this.#isOverridden ||= stated !== null;
        return true;
      case 'patchbaseline':
        this.#headerAt ??= cite();
        this.#readBaseline(value, cite());
        return true;
      case 'summary':
        this.#readSummary(value, cite());
        return true;
      case 'lastnorebootoperationtime':
        this.#lastNoReboot = readTime(value, 'device').at ?? this.#lastNoReboot;
        return true;
      case 'systemlastreboottime': {
        const { at } = readTime(value, 'device');
        if (at !== null) this.#boot = { at, citation: cite() };
        return true;
      }
      default:
        return false;
    }
  }

  #readBaseline(value: string, citation: Citation): void {
    const read = readPythonLiteral(value);
    if (read === null) {
      const id = /(?:arn:aws[\w-]*:ssm:\S*?)?pb-[0-9A-Za-z]+/u.exec(value)?.[0];
      this.#baseline = id ?? this.#baseline;
      if (id === undefined) this.#context.harvest.warning(citation.line, 'bad-value', shortened(value, 200));
      return;
    }
    const fields = lowerKeys(read.value);
    const baseline = textOf(fields['baselineid']);
    if (baseline === null) return;
    this.#baseline = baseline;
    const rules = listOf(objectOf(fields['approvalrules'])?.['rules']);
    this.#context.harvest.fact({
      type: 'aws/baseline',
      device: this.#device,
      value: {
        baseline,
        name: textOf(fields['name']),
        operatingSystem: textOf(fields['operatingsystem']),
        rejectedAction: textOf(fields['rejectedpatchesaction']),
        isDefault: null,
        patchGroups: textsOf(fields['patchgroups']),
        approveAfterDays: rules.flatMap((rule) => numberOf(objectOf(rule)?.['approveAfterDays']) ?? []),
      },
      citation,
    });
  }

  #readSummary(value: string, citation: Citation): void {
    const read = readPythonLiteral(value);
    const fields = read === null ? null : objectOf(read.value);
    if (fields === null) return;
    const counts = countsIn(fields);
    if (isEmptyCounts(counts)) return;
    // The counts line is the result; a summary fills in what it does not say.
    this.#counts = mergeCounts(this.#counts, counts);
    this.#countsAt ??= citation;
  }

  #readCounts(text: string, at: Moment | null, citation: Citation): void {
    const fields: Record<string, string> = {};
    for (const match of text.matchAll(/(?<name>[A-Za-z][A-Za-z ]{2,40}?) count:\s*(?<count>-?\d{1,9})/giu)) {
      fields[`${match.groups?.['name'] ?? ''}count`] = match.groups?.['count'] ?? '';
    }
    this.#counts = countsIn(fields);
    this.#countsAt = citation;
    this.#countsTime = at;
  }

  /** A line of the Windows summary; false when the summary is over. */
  #summaryLine(text: string): boolean {
    const field = /^(?<key>[A-Za-z]{3,40})\s*:\s?(?<value>.*)$/u.exec(text)?.groups;
    if (field === undefined) {
      if ((this.#summary?.size ?? 0) > 0) this.#endSummary();
      return false;
    }
    this.#summary?.set(field['key'] ?? '', (field['value'] ?? '').trim());
    return true;
  }

  #summaryTimes: { readonly started: AwsTime; readonly ended: AwsTime } | null = null;

  #endSummary(): void {
    const summary = this.#summary;
    this.#summary = null;
    if (summary === null) return;
    const fields = Object.fromEntries(summary);
    const folded = Object.fromEntries([...summary].map(([key, value]) => [key.toLowerCase(), value]));
    for (const key of ['patchgroup', 'snapshotid', 'rebootoption', 'installoverridelist', 'baselineoverride'])
      this.#field(key, folded[key] ?? '', () => this.#context.cite(null, ''));
    this.#baseline = textOf(folded['baselineid']) ?? this.#baseline;
    this.#operation = operationOf(folded['operationtype'] ?? folded['operation']) ?? this.#operation;
    this.#counts = countsIn(fields);
    this.#summaryTimes = {
      started: this.#utcTime(folded['operationstarttime']),
      ended: this.#utcTime(folded['operationendtime']),
    };
    this.#lastNoReboot = this.#utcTime(folded['lastnorebootinstalloperationtime']).at ?? this.#lastNoReboot;
  }

  /** Times of the summary are UTC, whether they say so or not. */
  #utcTime(text: string | undefined): AwsTime {
    const time = readTime(text ?? null, 'device');
    if (time.is === 'bad')
      this.#context.harvest.warning(this.#countsAt?.line ?? null, 'bad-date', time.raw ?? '');
    if (time.at?.offset !== null) return time;
    return { ...time, at: { ...time.at, offset: 0, offsetSource: 'stated' } };
  }

  #package(text: string, at: Moment | null, cite: () => Citation): void {
    const command = /Running command (?<list>\[.*\])/u.exec(text)?.groups?.['list'];
    if (command !== undefined) {
      const read = readPythonLiteral(command);
      const words = textsOf(read?.value ?? null);
      const verb = words.findIndex((word) => /^(?:install|upgrade|update|patch)$/u.test(word));
      if (verb === -1) return;
      for (const name of words.slice(verb + 1)) {
        if (name.startsWith('-') || !/^[\w.+:~-]+$/u.test(name)) continue;
        const known = this.#packageOf(name, at, cite);
        if (known === null) return;
        known.attempts += 1;
        known.failed = false;
        known.at = at ?? known.at;
      }
      return;
    }
    const failed = /Failed to install package:?\s*(?<name>[\w.+:~-]+)/iu.exec(text)?.groups?.['name'];
    if (failed === undefined) return;
    const known = this.#packageOf(failed, at, cite);
    if (known !== null) {
      known.attempts = Math.max(known.attempts, 1);
      known.failed = true;
      known.at = at ?? known.at;
      known.citation = cite();
    }
    this.#context.harvest.event({
      type: 'aws/package-failed',
      device: this.#device,
      patch: failed,
      at,
      citation: cite(),
      detail: { package: failed },
    });
  }

  #packageOf(name: string, at: Moment | null, cite: () => Citation): Package | null {
    const known = this.#packages.get(name);
    if (known !== undefined) return known;
    if (this.#packages.size >= mostPackages) return null;
    const fresh = { attempts: 0, failed: false, at, citation: cite() };
    this.#packages.set(name, fresh);
    return fresh;
  }

  end(lastAt: Moment | null): void {
    if (this.#summary !== null) this.#endSummary();
    const { harvest } = this.#context;
    const device = this.#device;
    if (this.#boot !== null)
      harvest.event({
        type: 'boot',
        device,
        at: this.#boot.at,
        citation: this.#boot.citation,
        detail: { reason: null },
      });
    if (this.#upload !== null)
      harvest.event({
        type: 'aws/upload',
        device,
        at: this.#upload.at,
        citation: this.#upload.citation,
        detail: { succeeded: this.#upload.succeeded, by: 'node', detail: shortened(this.#upload.text, 200) },
      });
    const citation = this.#countsAt ?? this.#headerAt;
    if (citation === null) return;
    this.#endPackages();
    const times = this.#summaryTimes;
    harvest.fact({
      type: 'aws/patch-state',
      device,
      value: {
        source: 'output',
        operation: this.#operation,
        baseline: this.#baseline,
        patchGroup: this.#patchGroup,
        snapshotId: this.#snapshotId,
        executionId: this.#options.commandId,
        rebootOption: this.#rebootOption,
        isOverridden: this.#isOverridden,
        counts: this.#counts,
        startedAt: times?.started.at ?? this.#startedAt,
        endedAt: times?.ended.at ?? this.#countsTime ?? (isEmptyCounts(this.#counts) ? null : lastAt),
        startedRaw: times?.started.is === 'bad' ? times.started.raw : null,
        endedRaw: times?.ended.is === 'bad' ? times.ended.raw : null,
        hasNoData: hasNegative(this.#counts) || times?.started.is === 'epoch' || times?.ended.is === 'epoch',
        capturedAt: null,
        lastNoRebootInstallAt: this.#lastNoReboot,
        isCut: this.#isCut,
      },
      citation,
    });
  }

  /** What the payload tried, package by package. Success is taken from a whole output that counts no failure. */
  #endPackages(): void {
    const noneFailed = !this.#isCut && this.#countsTime !== null && this.#counts.failed === 0;
    for (const [name, known] of this.#packages) {
      this.#context.harvest.record({
        device: this.#device,
        patch: name,
        detection: { status: null, raw: null, at: null },
        deployment: {
          status: known.failed ? 'failed' : noneFailed ? 'succeeded' : 'unknown',
          raw: null,
          at: known.at,
          exitCode: null,
          attempts: known.attempts,
          maxAttempts: null,
        },
        exitCodeRaw: null,
        source: 'patch-output',
        citation: known.citation,
      });
    }
  }
}

function mergeCounts(first: AwsCounts, second: AwsCounts): AwsCounts {
  return Object.fromEntries(
    countNames.map((name) => [name, first[name] ?? second[name]]),
  ) as unknown as AwsCounts;
}

function lowerKeys(value: PythonValue): Json {
  const object = objectOf(value);
  if (object === null) return {};
  return Object.fromEntries(
    Object.entries(object).map(([key, inner]) => [key.replaceAll('_', '').toLowerCase(), inner]),
  );
}
