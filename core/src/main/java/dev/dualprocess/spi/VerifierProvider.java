package dev.dualprocess.spi;

import dev.dualprocess.Verifier;

/** Opens verifiers of one family. */
public interface VerifierProvider extends ModelProvider<Verifier> {}
