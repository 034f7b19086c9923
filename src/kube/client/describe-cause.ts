/** The message with the code that says most (ECONNREFUSED, CERT_HAS_EXPIRED): undici hides it in `cause` or `errors`. */
export function describeCause(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause instanceof AggregateError) return cause.errors.map(describeCause).join('; ');
  const code = (cause as { code?: unknown }).code;
  return typeof code === 'string' && !cause.message.includes(code) ? `${cause.message} (${code})` : cause.message;
}
