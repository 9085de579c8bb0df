package dev.dualprocess.sana;

import dev.dualprocess.testing.PipelineDamageContract;

class SanaDamageTest extends PipelineDamageContract {
  SanaDamageTest() {
    super(new SanaGeneratorProvider(), SanaFixtures.pipeline());
  }
}
