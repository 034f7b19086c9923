import type { Bundle } from '../../federation/api';
import type { Clock } from '../../kernel';
import {
  type AnswerName,
  answerNameOf,
  judgeMembers,
  type MemberVerdict,
  type NameRecord,
  nameRecordIn,
} from '../../nameservice';
import { manifestsOf } from '../apply/manifests-of';
import { checkStates } from '../names/name-checks';
import type { Prober } from '../probe/prober';

/** The global names of a zone: what its bundles say of them, judged by what its probes have seen. */
export class ZoneNames {
  constructor(
    private readonly options: {
      /** The bundles for the gateway cluster. */
      readonly bundles: () => readonly Bundle[];
      readonly prober: Pick<Prober, 'stateOf'>;
      readonly clock: Clock;
    },
  ) {}

  /** The verdicts about one name: DNS and mesh both follow them. */
  verdicts(record: NameRecord): readonly MemberVerdict[] {
    const { prober, clock } = this.options;
    const stateOf = checkStates(record, (target) => prober.stateOf(target));
    return judgeMembers(record, stateOf, clock.nowMs());
  }

  /** The names that this zone answers for itself, as they are answered now. */
  answers(): readonly AnswerName[] {
    return this.records()
      .filter(({ provider, withdrawn }) => provider === 'builtin' && withdrawn !== true)
      .map((record) => {
        const serving = new Set(this.verdicts(record).flatMap(({ id, serving: serves }) => (serves ? [id] : [])));
        return answerNameOf(record, (id) => serving.has(id));
      });
  }

  /** Every name, also those that others answer for. */
  records(): readonly NameRecord[] {
    return this.options.bundles().flatMap((bundle) => nameRecordIn(manifestsOf(bundle)) ?? []);
  }
}
