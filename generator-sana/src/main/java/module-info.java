/**
 * Sana and SANA-Sprint, read from snapshots of {@code SanaPipeline} and {@code SanaSprintPipeline}.
 */
open module dev.dualprocess.sana {
  requires transitive dev.dualprocess.core;

  exports dev.dualprocess.sana;

  provides dev.dualprocess.spi.GeneratorProvider with
      dev.dualprocess.sana.SanaGeneratorProvider;
}
