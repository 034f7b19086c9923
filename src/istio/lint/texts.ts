import type { FindingText } from '../findings';
import { localityTexts } from './texts-locality';
import { routeTexts } from './texts-routes';
import { visibilityTexts } from './texts-visibility';

/** The texts of all traps, by number. */
export const lintTextList: readonly FindingText[] = [...localityTexts, ...routeTexts, ...visibilityTexts].sort(
  (left, right) => (left.code < right.code ? -1 : 1),
);
