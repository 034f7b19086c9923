/** How the last attempt to make a cluster hold a bundle ended. */
export type ApplyOutcome =
  | { readonly kind: 'applied' }
  /** Held back by something that is not the bundle's fault and will pass: nothing is lost, nothing is removed. */
  | { readonly kind: 'pending'; readonly reason: 'TargetUnknown' | 'TargetUnreachable'; readonly message: string }
  | {
      readonly kind: 'failed';
      readonly reason: 'ApplyFailed' | 'FieldConflict' | 'StaleEpoch' | 'OwnedByOther';
      readonly message: string;
    };
