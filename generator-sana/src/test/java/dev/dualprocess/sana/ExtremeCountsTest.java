package dev.dualprocess.sana;

import dev.dualprocess.flow.DpmSolverConfig;
import dev.dualprocess.testing.ExtremeCounts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** No number in a pipeline's files takes more than a moment and a little memory. */
@Tag("soak")
@EnabledOnOs(OS.LINUX)
class ExtremeCountsTest {
  @Test
  void everyCountIsBounded(@TempDir Path folder) throws IOException {
    ExtremeCounts.assertBounded(
        SanaFixtures.pipeline(),
        folder,
        Map.of(
            "scheduler/scheduler_config.json", DpmSolverConfig.class,
            "text_encoder/config.json", Gemma2Config.class,
            "transformer/config.json", SanaTransformerConfig.class,
            "vae/config.json", AutoencoderDcConfig.class),
        new SanaGeneratorProvider());
  }
}
