/** Keeps a deleted owner until its bundles are gone from every zone. */
export const BUNDLES_FINALIZER = 'federation.flotilla.dev/bundles';

/** Keeps a deleted member until its copy is gone from its zone. */
export const COPY_FINALIZER = 'federation.flotilla.dev/copy';
