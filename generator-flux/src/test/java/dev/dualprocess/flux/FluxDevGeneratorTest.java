package dev.dualprocess.flux;

/** FLUX.1 Dev: the guidance scale is an input of the transformer. */
class FluxDevGeneratorTest extends FluxGeneratorContract {
  FluxDevGeneratorTest() {
    super("dev");
  }
}
