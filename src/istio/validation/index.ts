export { validationTextList } from './texts';
export { validateIstioObject } from './validate-istio-object';
