/** Whose primary serves the proxies of a zone: Flotilla's pilot in this process, or an upstream istiod beside it. */
export type PrimaryKind = 'flotilla' | 'istiod';
