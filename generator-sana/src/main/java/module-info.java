/** Sana, read from snapshots of {@code SanaPipeline}. */
open module dev.dualprocess.sana {
  requires transitive dev.dualprocess.core;

  exports dev.dualprocess.sana;

  provides dev.dualprocess.spi.GeneratorProvider with
      dev.dualprocess.sana.SanaGeneratorProvider;
}
