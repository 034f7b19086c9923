export { decideDeployment, type DeploymentInput } from './decide-deployment';
export { judgeDeployment } from './judge-deployment';
