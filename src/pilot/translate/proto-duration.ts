import { parseDurationMs } from '../../istio';

/** Milliseconds as the JSON form of google.protobuf.Duration: `2s`, `0.750s`, with 3, 6 or 9 digits after the point. */
export function protoDuration(milliseconds: number): string {
  const nanoseconds = Math.round(milliseconds * 1e6);
  const seconds = Math.floor(nanoseconds / 1e9);
  const rest = nanoseconds - seconds * 1e9;
  if (rest === 0) return `${seconds}s`;
  const digits = String(rest)
    .padStart(9, '0')
    .replace(/(000){1,2}$/, '');
  return `${seconds}.${digits}s`;
}

/** A duration of an Istio object in the JSON form; `undefined` stays so. */
export function durationOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : protoDuration(parseDurationMs(text));
}
