package dev.dualprocess.spi;

import dev.dualprocess.Verifier;

/**
 * Opens verifiers of one family; a plug-in names its own in {@code
 * META-INF/services/dev.dualprocess.spi.VerifierProvider}.
 */
public interface VerifierProvider extends ModelProvider<Verifier> {}
