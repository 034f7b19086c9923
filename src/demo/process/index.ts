export { guardProcesses } from './guard-processes';
