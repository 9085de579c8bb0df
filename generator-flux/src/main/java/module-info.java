/** FLUX.1 Schnell and Dev, read from snapshots of {@code FluxPipeline}. */
open module dev.dualprocess.flux {
  requires transitive dev.dualprocess.core;

  exports dev.dualprocess.flux;

  provides dev.dualprocess.spi.GeneratorProvider with
      dev.dualprocess.flux.FluxGeneratorProvider;
}
