export { type ApiServer, type ApiServerOptions, startApiServer } from './api-server';
export type { AdmissionReviewer, ReviewError, ReviewRequest } from './admission/review-admission';
