import type { Bundle } from '../../federation/api';
import type { Clock, Stop } from '../../kernel';
import type { Random } from '../../kube';
import { nameRecordIn } from '../../nameservice';
import { manifestsOf } from '../apply/manifests-of';
import { type MemberHealth, type RemoteMember, remoteMembersOf } from '../facts/bundle-members';
import { nameTargets } from '../names/name-checks';
import { probeByProtocol } from '../probe/probe-by-protocol';
import { type Probe, probeKey, type ProbeTarget } from '../probe/probe-target';
import { Prober, type WatchedHealth } from '../probe/prober';

/** What {@link BundleProbes} needs. */
export interface BundleProbesOptions {
  /** The bundles for the gateway cluster, as they are now. */
  readonly bundles: () => readonly Bundle[];
  readonly clock: Clock;
  readonly random: Random;
  /** How long bundles that change together are waited for. */
  readonly settleMs: number;
  /** A target's health changed; given the names of the bundles that it matters to. */
  readonly onChange: (concerned: readonly string[]) => void;
  readonly probe?: Probe;
  /** For targets without a schedule of their own. */
  readonly intervalMs?: number;
}

/** Probes what the bundles of the gateway cluster name as remote members and as checks of global names. */
export class BundleProbes {
  private readonly prober: Prober;
  /** Probed target → names of the bundles that it matters to. */
  private concerned: ReadonlyMap<string, readonly string[]> = new Map();
  private stopRetarget: Stop | undefined;

  constructor(private readonly options: BundleProbesOptions) {
    const { clock, random, probe = probeByProtocol, intervalMs, onChange } = options;
    this.prober = new Prober({
      ...{ clock, random, probe, onChange: (target) => onChange(this.concerned.get(probeKey(target)) ?? []) },
      ...(intervalMs === undefined ? {} : { intervalMs }),
    });
  }

  /** Takes up what the bundles name now, once for many that change together. */
  retargetSoon(): void {
    this.stopRetarget ??= this.options.clock.after(this.options.settleMs, () => {
      this.stopRetarget = undefined;
      this.retarget();
    });
  }

  /** What is known of a target; unprobed when no bundle names it. */
  stateOf(target: ProbeTarget): WatchedHealth {
    return this.prober.stateOf(target);
  }

  /** What is known of every target. */
  states(): readonly WatchedHealth[] {
    return this.prober.states();
  }

  /** The health of a remote member; undefined when it is not known yet. */
  healthOf(member: RemoteMember): MemberHealth | undefined {
    const target = targetOf(member);
    if (target === undefined) return { healthy: false, message: `WorkloadEntry ${member.entry} has no port to probe` };
    const { healthy, message } = this.prober.stateOf(target);
    if (healthy === undefined) return undefined;
    return { healthy, ...(healthy || message === undefined ? {} : { message }) };
  }

  /** Ends all probes and timers. */
  close(): void {
    this.stopRetarget?.();
    this.prober.close();
  }

  private retarget(): void {
    const concerned = new Map<string, string[]>();
    const targets = this.options.bundles().flatMap((bundle) => {
      const own = targetsOf(bundle);
      for (const key of new Set(own.map(probeKey))) {
        const names = concerned.get(key) ?? [];
        names.push(bundle.metadata.name);
        concerned.set(key, names);
      }
      return own;
    });
    this.concerned = concerned;
    this.prober.setTargets(targets);
  }
}

/** What is probed for a bundle. */
function targetsOf(bundle: Bundle): readonly ProbeTarget[] {
  const manifests = manifestsOf(bundle);
  const record = nameRecordIn(manifests);
  if (record !== undefined) return nameTargets(record);
  return remoteMembersOf(manifests).flatMap((member) => targetOf(member) ?? []);
}

function targetOf({ address, port }: RemoteMember): ProbeTarget | undefined {
  return port === undefined ? undefined : { address, port };
}
