import type { Finding } from '../../kernel';
import type { FleetGeography, NameService, TargetFacts } from '../../nameservice';
import type { ReleaseInput } from '../release';
import type { NameSnapshot } from './name-snapshot';

/** Everything that is known when one name is reconciled. */
export interface NameInput extends Omit<
  ReleaseInput<NameSnapshot>,
  'owner' | 'object' | 'recorded' | 'paused' | 'render'
> {
  readonly service: NameService;
  readonly findings: readonly Finding[];
  readonly facts: TargetFacts;
  readonly geography: FleetGeography;
}
