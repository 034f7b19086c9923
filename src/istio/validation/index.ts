export { hostCovers, isLabelKey, isLabelValue } from './names';
export { validationTextList } from './texts';
export { validateIstioObject } from './validate-istio-object';
