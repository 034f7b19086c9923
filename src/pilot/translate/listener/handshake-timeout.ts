/** How long a TLS handshake may take before the connection is closed, as istiod's filter chains say. */
export const HANDSHAKE_TIMEOUT = '15s';
