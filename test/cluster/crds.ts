/** Where the definitions of Knative's, SpinKube's, KEDA's and Strimzi's kinds lie. */
export const crdFiles = process.env.COLDCAST_CRDS ?? "test/cluster/crds/*.yaml";
