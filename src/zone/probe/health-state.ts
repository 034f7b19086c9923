/** When a member counts as healthy or not. */
export interface ProbeThresholds {
  /** Successes in a row that make an unhealthy member healthy again. */
  readonly healthyAfter: number;
  /** Failures in a row that make a healthy member unhealthy. */
  readonly unhealthyAfter: number;
}

/** Two answers bring a member back, three failures take it out. */
export const defaultThresholds: ProbeThresholds = { healthyAfter: 2, unhealthyAfter: 3 };

/** How one probe ended. */
export type ProbeOutcome = { readonly ok: true } | { readonly ok: false; readonly message: string };

/** What the probes of one member have shown so far. */
export interface HealthState {
  /** undefined until the first probe has ended. */
  readonly healthy: boolean | undefined;
  /** Outcomes in a row that speak against `healthy`. */
  readonly against: number;
  /** Why the last failed probe failed. */
  readonly message?: string;
}

export const unprobed: HealthState = { healthy: undefined, against: 0 };

/** The state after one more probe. The first outcome decides at once; later ones need their threshold. */
export function observeProbe(state: HealthState, outcome: ProbeOutcome, thresholds: ProbeThresholds): HealthState {
  const reason = outcome.ok ? {} : { message: outcome.message };
  if (state.healthy === undefined || state.healthy === outcome.ok) {
    return { healthy: outcome.ok, against: 0, ...reason };
  }
  const against = state.against + 1;
  const needed = outcome.ok ? thresholds.healthyAfter : thresholds.unhealthyAfter;
  if (against >= needed) return { healthy: outcome.ok, against: 0, ...reason };
  const kept = state.message === undefined ? {} : { message: state.message };
  return { healthy: state.healthy, against, ...(outcome.ok ? kept : reason) };
}
