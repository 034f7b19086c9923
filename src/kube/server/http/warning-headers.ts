/** As kube-apiserver: when the texts together are longer, each is cut. */
const MAX_ALL_CHARACTERS = 4 * 1024;
const MAX_CUT_CHARACTERS = 256;

/**
 * The `Warning` headers (RFC 7234) of some texts, each once. Texts come from what clients and webhooks sent: those that no header can
 * carry are left out, and all together are bounded, since clients bound the headers they read.
 */
export function warningHeaders(texts: readonly string[]): string[] {
  const sendable = [...new Set(texts)].map((text) => [...text]).filter(isSendable);
  const isLong = sendable.reduce((sum, { length }) => sum + length, 0) > MAX_ALL_CHARACTERS;
  if (!isLong) return sendable.map(headerOf);
  const most = MAX_ALL_CHARACTERS / MAX_CUT_CHARACTERS;
  return sendable.slice(0, most).map((characters) => headerOf(characters.slice(0, MAX_CUT_CHARACTERS)));
}

function isSendable(characters: readonly string[]): boolean {
  return characters.length > 0 && characters.every((character) => character >= ' ' && character !== '\u007f');
}

/** Go sends UTF-8 in headers as it is; Node sends each character of a header as one byte. */
function headerOf(characters: readonly string[]): string {
  const quoted = characters.join('').replace(/["\\]/g, '\\$&');
  return Buffer.from(`299 - "${quoted}"`, 'utf8').toString('latin1');
}
