export { hostCovers, isLabelKey, isLabelValue } from './names';
export { validationTextList } from './texts';
export { isIstioObject, metadataFindings, validateIstioObject } from './validate-istio-object';
