/** One option of a command, in commander's notation. */
export interface OptionRow {
  readonly flags: string;
  readonly description: string;
  readonly initial?: string;
  /** May be given several times; the command gets a list. */
  readonly repeatable?: boolean;
}

/** One command: what `--help` shows, and where its code is. */
export interface CommandRow {
  readonly name: string;
  readonly summary: string;
  /** For processes that only `flotilla up` starts. */
  readonly hidden?: boolean;
  readonly argument?: string;
  /** Its options hold this whole table, as `commands`. */
  readonly takesCommands?: boolean;
  readonly options: readonly OptionRow[];
  readonly load: () => Promise<{ run: (options: never) => Promise<void> }>;
}
