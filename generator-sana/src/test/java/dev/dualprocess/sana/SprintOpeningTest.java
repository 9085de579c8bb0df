package dev.dualprocess.sana;

import dev.dualprocess.spi.GeneratorProvider;
import dev.dualprocess.testing.OpeningContract;
import java.nio.file.Path;

class SprintOpeningTest extends OpeningContract {
  @Override
  protected GeneratorProvider provider() {
    return new SanaGeneratorProvider();
  }

  @Override
  protected Path pipeline() {
    return SanaFixtures.sprint();
  }
}
