export { DemoWorkloads } from './demo-workloads';
