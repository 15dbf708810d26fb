import type { Citation, EventDetails, EventType } from '../../../parsers/domain/evidence.ts';
import type { Clock, Moment } from '../../../parsers/domain/moment.ts';
import { buildEvidence } from '../../../parsers/evidence/build-evidence.ts';
import type { Evidence } from '../../../parsers/evidence/evidence.ts';
import { MemberDraft } from '../../../parsers/evidence/member-draft.ts';
import { napValidators } from '../../../parsers/formats/event-log/facts.ts';
import type { NapDecision } from '../../../parsers/formats/event-log/facts.ts';
import type { NapPolicyFact } from '../../../parsers/formats/nap/facts.ts';
import { readStatement } from '../../../parsers/formats/nap/statement.ts';
import type {} from '../../../parsers/formats/windows-update/facts.ts';
import { buildStatement } from '../../formats/nap/statement-builder.ts';
import type { BuiltStatement } from '../../formats/nap/statement-builder.ts';

/** Builds the evidence of a small NAP bundle in the real store. Times are ISO 8601, UTC with `Z`. */
export class NapBundle {
  readonly #drafts: MemberDraft[] = [];

  /** @param asOf when the file was written; null where nothing tells */
  statement(
    built: BuiltStatement,
    asOf: string | null = '2024-05-10T09:00:00Z',
    device: string | null = 'PC-0042',
  ): this {
    const draft = this.#member(`${device ?? 'unknown'}/SohCache.reg`);
    draft.device = device;
    const statement = readStatement(buildStatement(built), (at) => 4 + Math.floor(at / 25));
    if (statement === null) throw new Error('no statement');
    const { bytes, version, tree, automaticUpdates, securityUpdates } = statement;
    draft.facts.push({
      type: 'nap/statement',
      value: {
        asOf: asOf === null ? null : moment(asOf, 'exporter'),
        bytes,
        version,
        tree,
        automaticUpdates,
        securityUpdates,
      },
      citation: cite(draft, 4, 'SoH'),
    });
    return this;
  }

  policy(value: Partial<NapPolicyFact>): this {
    const draft = this.#member('server/policy.reg');
    draft.facts.push({
      type: 'nap/policy',
      value: {
        clients: 'current',
        key: 'x',
        autoUpdate: null,
        enforceUpdates: 1,
        maxDurationSinceLastSync: null,
        minimumSeverityRating: null,
        windowsUpdateAllowed: null,
        wsusAllowed: null,
        ...value,
      },
      citation: cite(draft, 3, 'x'),
    });
    return this;
  }

  /** A decision of the policy server. @param security code of the security updates */
  decision(at: string, decision: NapDecision, security = 0, device = 'PC-0042'): this {
    const validators = napValidators.map((validator) => ({
      validator,
      code: validator === 'security-compliance' ? security : 0,
    }));
    return this.event(
      'nap/decision',
      at,
      { decision, result: null, machine: device, validators },
      device,
      'policy-server',
    );
  }

  event<T extends EventType>(
    type: T,
    at: string,
    detail: EventDetails[T],
    device = 'PC-0042',
    clock: Clock = 'device',
  ): this {
    const draft = this.#member(`${clock}/${type.replace('/', '-')}-${this.#drafts.length}.evtx`);
    draft.events.push({
      type,
      device,
      at: moment(at, clock),
      detail,
      citation: cite(draft, null, `${at} ${type}`),
    });
    return this;
  }

  wsusServer(server: string | null): this {
    const draft = this.#member('PC-0042/WindowsUpdate.log');
    draft.facts.push({
      type: 'windows-update/wsus-server',
      device: 'PC-0042',
      value: { server, at: null },
      citation: cite(draft, 9, `WSUS server: ${server ?? '<NULL>'}`),
    });
    return this;
  }

  build(): Evidence {
    return buildEvidence(this.#drafts, [], null).evidence;
  }

  #member(path: string): MemberDraft {
    const draft = new MemberDraft(this.#drafts.length, path, null);
    draft.state = 'parsed';
    draft.kind = 'nap/statement';
    draft.system = 'nap';
    draft.sha256 = '0'.repeat(64);
    this.#drafts.push(draft);
    return draft;
  }
}

function moment(text: string, clock: Clock): Moment {
  const stated = text.endsWith('Z');
  return {
    raw: text,
    local: Date.parse(stated ? text : `${text}Z`),
    offset: stated ? 0 : null,
    offsetSource: stated ? 'stated' : 'unknown',
    precision: 'second',
    clock,
    clockOf: '',
  };
}

function cite(draft: MemberDraft, line: number | null, quote: string): Citation {
  return { member: draft.path, line, row: null, pointer: null, quote };
}
