/** The largest body that a direct response may have. */
export const MAXIMUM_DIRECT_RESPONSE_BYTES = 1048576;
