/** Verifiers and a toy generator of one's own. */
open module dev.dualprocess.plugins {
  requires transitive dev.dualprocess.core;

  exports dev.dualprocess.plugins;

  provides dev.dualprocess.spi.GeneratorProvider with
      dev.dualprocess.plugins.ToyGeneratorProvider;
  provides dev.dualprocess.spi.VerifierProvider with
      dev.dualprocess.plugins.BrightnessVerifier,
      dev.dualprocess.plugins.WarmthVerifier;
}
