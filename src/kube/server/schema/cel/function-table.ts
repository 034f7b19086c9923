import { kubernetesFunctions } from './kubernetes-functions';
import { listFunctions } from './list-functions';
import { networkFunctions } from './network-functions';
import { numberFunctions } from './number-functions';
import { optionalFunctions } from './optional-functions';
import { type FunctionTable, tableOf } from './overload';
import { stringFunctions } from './string-functions';
import { timeFunctions } from './time-functions';

/** Every function that rules may call: CEL's own, its extensions, and Kubernetes' libraries. */
export const functionTable: FunctionTable = tableOf([
  ...numberFunctions,
  ...stringFunctions,
  ...listFunctions,
  ...timeFunctions,
  ...optionalFunctions,
  ...networkFunctions,
  ...kubernetesFunctions,
]);
