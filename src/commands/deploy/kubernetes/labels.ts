/** The name of the Kubernetes objects, and the labels that select the pods. */
export const NAME = "specchat";
export const LABELS = { "app.kubernetes.io/name": NAME };
