import type { Clock, Stop } from '../../kernel';

const MIN_INTERVAL_MS = 200;

/** The part of a terminal that a screen writes to. */
export interface Terminal {
  readonly isTTY?: boolean;
  /** Size of a terminal in characters; what does not fit is cut off. */
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/** What is shown at a time: the whole picture for a terminal, single facts by name for a log. */
export interface Shown {
  readonly picture: string;
  readonly facts: ReadonlyMap<string, string>;
}

/**
 * Shows a picture that changes. On a terminal it is drawn in place, at most five times a second, and only when it differs;
 * elsewhere each fact is a line of its own whenever it is new or has changed.
 */
export class LiveScreen {
  private facts: ReadonlyMap<string, string> = new Map();
  private drawn = '';
  private pending: Shown | undefined;
  private stopTimer: Stop | undefined;
  private closed = false;

  constructor(
    private readonly terminal: Terminal,
    private readonly clock: Clock,
  ) {}

  show(shown: Shown): void {
    if (this.closed) return;
    this.pending = shown;
    if (this.stopTimer !== undefined) return;
    this.flush();
    this.stopTimer = this.clock.after(MIN_INTERVAL_MS, () => {
      this.stopTimer = undefined;
      if (this.pending !== undefined) this.show(this.pending);
    });
  }

  /** Draws nothing any more. */
  close(): void {
    this.closed = true;
    this.stopTimer?.();
    this.pending = undefined;
  }

  private flush(): void {
    const shown = this.pending;
    this.pending = undefined;
    if (shown === undefined) return;
    if (this.terminal.isTTY) this.draw(shown.picture);
    else this.log(shown.facts);
  }

  /** Moves up over the last picture and writes the new one, each line erased to its end. */
  private draw(whole: string): void {
    const picture = this.fit(whole);
    if (picture === this.drawn) return;
    const height = this.drawn === '' ? 0 : this.drawn.split('\n').length;
    const up = height === 0 ? '' : `\u001b[${height}A`;
    const lines = picture.split('\n').map((line) => `${line}\u001b[K\n`);
    this.terminal.write(`${up}\r${lines.join('')}\u001b[J`);
    this.drawn = picture;
  }

  /** A line that wraps, or a picture higher than the terminal, could not be drawn over. */
  private fit(picture: string): string {
    const { columns = Infinity, rows = Infinity } = this.terminal;
    const lines = picture.split('\n').slice(0, rows - 1);
    return lines.map((line) => line.slice(0, columns)).join('\n');
  }

  private log(facts: ReadonlyMap<string, string>): void {
    const lines = [...facts].filter(([name, text]) => this.facts.get(name) !== text);
    const gone = [...this.facts.keys()].filter((name) => !facts.has(name));
    this.facts = facts;
    for (const [name, text] of lines) this.terminal.write(`${name}: ${text}\n`);
    for (const name of gone) this.terminal.write(`${name}: gone\n`);
  }
}
