export { durationNs, isHttp } from './basics';
export { localityCovers } from './locality-lb-setting';
export { hostCovers, hostsMeet, isIp, isLabelKey, isLabelValue } from './names';
export { validationTextList } from './texts';
export { isIstioObject, metadataFindings, validateIstioObject } from './validate-istio-object';
