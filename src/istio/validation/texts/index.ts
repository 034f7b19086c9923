import { type FindingText, textsByCode } from '../../findings';
import { destinationTexts } from './destination-texts';
import { entryTexts } from './entry-texts';
import { gatewayTexts } from './gateway-texts';
import { policyTexts } from './policy-texts';
import { routeTexts } from './route-texts';
import { sharedTexts } from './shared-texts';

/** The texts of everything that `validateIstioObject` finds, by number. */
export const validationTextList: readonly FindingText[] = [
  ...sharedTexts,
  ...gatewayTexts,
  ...routeTexts,
  ...destinationTexts,
  ...entryTexts,
  ...policyTexts,
].sort((left, right) => (left.code < right.code ? -1 : 1));

/** The same by code. */
export const validationTexts = textsByCode(validationTextList);
