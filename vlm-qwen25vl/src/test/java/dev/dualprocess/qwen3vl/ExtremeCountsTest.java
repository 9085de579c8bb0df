package dev.dualprocess.qwen3vl;

import dev.dualprocess.qwen.PreprocessorConfig;
import dev.dualprocess.testing.ExtremeCounts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** No number in a model's files takes more than a moment and a little memory. */
@Tag("soak")
@EnabledOnOs(OS.LINUX)
class ExtremeCountsTest {
  @Test
  void everyCountIsBounded(@TempDir Path folder) throws IOException {
    ExtremeCounts.assertBounded(
        new Qwen3Family().checkpoint(),
        folder,
        Map.of("preprocessor_config.json", PreprocessorConfig.class),
        new Qwen3VlProvider());
  }
}
