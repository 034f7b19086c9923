import type { FlotillaError } from '../../kernel';

/**
 * How current a cache is. Only `Live` follows the server at this moment; in the other states the cache holds what was
 * last known: missing news never deletes.
 */
export type InformerState =
  | { readonly kind: 'Syncing' }
  | { readonly kind: 'Live'; readonly sinceMs: number }
  | { readonly kind: 'Stalled'; readonly sinceMs: number; readonly error: FlotillaError }
  | { readonly kind: 'Forbidden'; readonly sinceMs: number; readonly error: FlotillaError };
