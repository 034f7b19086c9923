/** TCP probes find a peer that vanished without a word; client-go's interval. */
export const TCP_KEEP_ALIVE_MS = 30_000;
