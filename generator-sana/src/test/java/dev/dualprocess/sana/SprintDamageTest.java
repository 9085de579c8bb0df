package dev.dualprocess.sana;

import dev.dualprocess.testing.PipelineDamageContract;

class SprintDamageTest extends PipelineDamageContract {
  SprintDamageTest() {
    super(new SanaGeneratorProvider(), SanaFixtures.sprint());
  }
}
