package dev.dualprocess.flux;

import dev.dualprocess.testing.PipelineDamageContract;

class FluxDamageTest extends PipelineDamageContract {
  FluxDamageTest() {
    super(new FluxGeneratorProvider(), FluxFixtures.pipeline(FluxFixtures.variants().get(0)));
  }
}
