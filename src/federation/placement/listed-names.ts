/** At most this many names in a message; a fleet may have hundreds. */
const LISTED = 10;

/** Names for people, sorted; of many the first ones and how many more there are. */
export function listedNames(names: readonly string[]): string {
  const shown = [...names].sort().slice(0, LISTED).join(', ');
  return names.length > LISTED ? `${shown} and ${names.length - LISTED} more` : shown;
}
