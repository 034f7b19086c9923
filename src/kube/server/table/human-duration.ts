const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** A span of time as kubectl shows ages: `12s`, `5m3s`, `5d3h`, `2y`; `<invalid>` when it lies in the future. */
export function humanDuration(spanMs: number): string {
  const seconds = Math.trunc(spanMs / SECOND_MS);
  if (seconds < -1) return '<invalid>';
  if (seconds < 120) return `${Math.max(seconds, 0)}s`;
  const minutes = Math.floor(spanMs / MINUTE_MS);
  if (minutes < 10) return withRest(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(spanMs / HOUR_MS);
  if (hours < 8) return withRest(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (days < 8) return withRest(days, 'd', hours % 24, 'h');
  if (hours < 24 * 365 * 2) return `${days}d`;
  const years = Math.floor(days / 365);
  return hours < 24 * 365 * 8 ? withRest(years, 'y', days % 365, 'd') : `${years}y`;
}

function withRest(count: number, unit: string, rest: number, restUnit: string): string {
  return rest === 0 ? `${count}${unit}` : `${count}${unit}${rest}${restUnit}`;
}

/** How long ago an RFC 3339 time was; `<unknown>` when there is none. */
export function timeSince(time: string | undefined, nowMs: number): string {
  const epochMs = time === undefined || time === '' ? Number.NaN : Date.parse(time);
  return Number.isNaN(epochMs) ? '<unknown>' : humanDuration(nowMs - epochMs);
}
