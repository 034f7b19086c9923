import { describeSpine } from '../fleet/spine';

describeSpine('a fleet on embedded API servers with proxyless gRPC clients', () => Promise.resolve({}));
