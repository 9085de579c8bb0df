package dev.dualprocess.sana;

import dev.dualprocess.spi.GeneratorProvider;
import dev.dualprocess.testing.TextCacheContract;
import java.nio.file.Path;

class SprintTextCacheTest extends TextCacheContract {
  @Override
  protected GeneratorProvider provider() {
    return new SanaGeneratorProvider();
  }

  @Override
  protected Path pipeline() {
    return SanaFixtures.sprint();
  }
}
