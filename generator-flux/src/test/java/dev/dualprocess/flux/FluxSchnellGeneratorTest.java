package dev.dualprocess.flux;

/** FLUX.1 Schnell: no guidance. */
class FluxSchnellGeneratorTest extends FluxGeneratorContract {
  FluxSchnellGeneratorTest() {
    super("schnell");
  }
}
