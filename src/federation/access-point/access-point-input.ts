import type { AccessPoint } from '../../accesspoint';
import type { Finding } from '../../kernel';
import type { AcceptedIntent } from '../acceptance';
import type { ReleaseInput, Rendering } from '../release';
import type { AccessPointSnapshot } from '../revision';

/** Gives what was rendered under a key before, or renders it now. */
export type RememberedRendering = (key: string, render: () => Rendering) => Rendering;

/** What a release is decided from, as far as it does not follow from the access point itself. */
type Surroundings = Omit<
  ReleaseInput<AccessPointSnapshot>,
  'owner' | 'object' | 'accepted' | 'recorded' | 'paused' | 'render'
>;

/** Everything that is known when one access point is reconciled. */
export interface AccessPointInput extends Surroundings {
  readonly accessPoint: AccessPoint;
  /** Errors of validation, placement and conflicts; with any of them the written spec changes nothing. */
  readonly errors: readonly Finding[];
  /** What may bite all the same; none when left out. */
  readonly warnings?: readonly Finding[];
  /** The written intent, when it is accepted. */
  readonly accepted: AcceptedIntent | undefined;
  /** Remembers what was rendered; without it everything is rendered anew. */
  readonly remembered?: RememberedRendering;
  /** Zone → addresses of its own from a pool. */
  readonly addresses: Readonly<Record<string, readonly string[]>>;
}
