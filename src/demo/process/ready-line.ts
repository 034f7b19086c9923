import type { ReadyLine } from './process-spec';

/** Finds the ready line in what comes from a process's stdout, however it is cut into chunks. Other lines pass by. */
export class ReadyLineParser {
  private rest = '';

  /** Takes the next chunk; returns the ready line once it is complete. */
  push(chunk: string): ReadyLine | undefined {
    const lines = (this.rest + chunk).split('\n');
    this.rest = lines.pop() ?? '';
    return lines.map(parseReadyLine).find((line) => line !== undefined);
  }
}

function parseReadyLine(line: string): ReadyLine | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value = JSON.parse(line) as Record<string, unknown>;
    return value.ready === true ? value : undefined;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}
