import { type AccessPoint, renderingFindings } from '../../../accesspoint';
import { canonicalJson } from '../../../kernel';
import { type KubeObject, namespacedName } from '../../../kube/schema';
import type { Acceptance } from '../../acceptance';

type Trial = typeof renderingFindings;

interface Judgement {
  readonly written: string;
  readonly lookups: number;
  readonly previous: string;
  readonly acceptance: Acceptance;
}

interface TrialOutcome {
  readonly input: string;
  readonly findings: ReturnType<Trial>;
}

/**
 * The last judgement of each access point by itself. It holds until the spec is written anew, something that specs are judged against changes, or
 * the access point was placed elsewhere; what is reported about it changes nothing. The trial rendering, its costly part, holds even longer: as
 * long as spec, mesh and clusters are the same.
 */
export class JudgementCache {
  private lookups = 0;
  private readonly judgements = new Map<string, Judgement>();
  private readonly trials = new Map<string, TrialOutcome>();

  /** Something changed that access points are judged against. */
  lookupsChanged(): void {
    this.lookups += 1;
  }

  /** The judgement that still holds, or a new one, whose trial is remembered as well. */
  judge(accessPoint: AccessPoint, previous: ReadonlySet<string>, judge: (trial: Trial) => Acceptance): Acceptance {
    const key = namespacedName(accessPoint);
    const now = { written: writtenAs(accessPoint), lookups: this.lookups, previous: [...previous].sort().join(' ') };
    const last = this.judgements.get(key);
    if (last?.written === now.written && last.lookups === now.lookups && last.previous === now.previous)
      return last.acceptance;
    const acceptance = judge((input) => this.tried(key, input));
    this.judgements.set(key, { ...now, acceptance });
    return acceptance;
  }

  /** Forgets an access point that is gone. */
  forget(key: string): void {
    this.judgements.delete(key);
    this.trials.delete(key);
  }

  private tried(key: string, input: Parameters<Trial>[0]): ReturnType<Trial> {
    const { accessPoint, mesh, clusters } = input;
    const now = `${writtenAs(accessPoint)} ${canonicalJson([mesh.spec, clusters])}`;
    const last = this.trials.get(key);
    if (last?.input === now) return last.findings;
    const findings = renderingFindings(input);
    this.trials.set(key, { input: now, findings });
    return findings;
  }
}

/** Names one way of writing an object: the server counts generations up whenever the spec changes. */
function writtenAs({ metadata }: KubeObject): string {
  return `${metadata.uid ?? ''} ${metadata.generation ?? 0}`;
}
