/** Marks words of a text for a terminal; without colours it returns them as they are. Colour never stands alone: a sign or a word says the same. */
export interface TerminalStyle {
  readonly added: (text: string) => string;
  readonly changed: (text: string) => string;
  readonly removed: (text: string) => string;
  readonly quiet: (text: string) => string;
  readonly strong: (text: string) => string;
}

const same = (text: string): string => text;

/** No colours: for files, pipes, and people who set NO_COLOR. */
export const plainStyle: TerminalStyle = { added: same, changed: same, removed: same, quiet: same, strong: same };

/** The style for a stream: colours only on a terminal, and never with NO_COLOR (https://no-color.org). */
export function styleFor(stream: { readonly isTTY?: boolean }, environment: NodeJS.ProcessEnv): TerminalStyle {
  const wanted = stream.isTTY === true && (environment.NO_COLOR ?? '') === '' && environment.TERM !== 'dumb';
  if (!wanted) return plainStyle;
  const paint =
    (code: number): ((text: string) => string) =>
    (text) =>
      `\u001b[${code}m${text}\u001b[0m`;
  return { added: paint(32), changed: paint(33), removed: paint(31), quiet: paint(2), strong: paint(1) };
}
