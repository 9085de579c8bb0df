package dev.dualprocess.vqa;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.config.ConfigFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageStatisticsTest {
  private static final ImageStatistics HALF =
      new ImageStatistics(List.of(0.5, 0.5, 0.5), List.of(0.5, 0.5, 0.5));

  @TempDir private Path folder;

  private ImageStatistics read(String field, String value) throws IOException {
    Path path = folder.resolve("preprocessor_config.json");
    Files.writeString(path, "{\"%s\": [0.5, %s, 0.5]}".formatted(field, value));
    return ImageStatistics.read(ConfigFile.read(path), HALF);
  }

  @ParameterizedTest
  @CsvSource({
    "image_mean, NaN", "image_mean, 1e400", "image_mean, -3", "image_mean, 117",
    "image_std, NaN", "image_std, Infinity", "image_std, 0", "image_std, -0.5",
    "image_std, 1e-300", "image_std, 1e300"
  })
  void whatPixelsCannotBeNormalisedWithIsRefused(String field, String value) {
    assertRefused(
        IOException.class, () -> read(field, value), "preprocessor_config.json", field + " is ");
  }

  @Test
  void whatIsAbsentIsTheFamilysOwn() throws IOException {
    assertEquals(HALF.imageStd(), read("image_mean", "0.4").imageStd());
  }
}
