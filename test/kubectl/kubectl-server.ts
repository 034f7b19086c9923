/** An API server that the real kubectl is tried on, with an admin's kubeconfig. */
export interface KubectlServer {
  readonly kubeconfig: string;
  close(): Promise<void>;
}
