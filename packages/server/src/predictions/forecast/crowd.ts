/** Instances from which on they are a crowd: with fewer there is nothing to stand out from. */
export const MIN_CROWD = 20
