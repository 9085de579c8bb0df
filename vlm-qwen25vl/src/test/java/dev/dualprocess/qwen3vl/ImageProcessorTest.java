package dev.dualprocess.qwen3vl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.primitives.Longs;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.image.Resampling.Arithmetic;
import dev.dualprocess.qwen.Grid;
import dev.dualprocess.qwen.Patches;
import dev.dualprocess.qwen.PreprocessorConfig;
import dev.dualprocess.qwen.QwenSizing;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.Golden;
import dev.dualprocess.vqa.ImageProcessor;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** Pictures of 8 bits: the same patches as the Python image processor makes, and its sizes. */
class ImageProcessorTest {
  private static final String NAME = Qwen3Family.file("image_processor");

  /** What the published files say. */
  private static final PreprocessorConfig PUBLISHED =
      new PreprocessorConfig(16, 2, 2, 65_536, 16_777_216);

  private final Qwen3Family family = new Qwen3Family();
  private final Qwen3Vl architecture = family.architecture();
  private final JsonNode json = Fixtures.json(NAME + ".json");

  @Test
  void patchesAreThoseOfTheProcessor() {
    try (PointerScope scope = new PointerScope();
        Golden golden = Fixtures.golden(NAME);
        ImageProcessor processor =
            new ImageProcessor(
                architecture.imageSizing(), architecture.imageStatistics(), Placement.CPU)) {
      for (JsonNode c : json.get("cases")) {
        String key = c.get("key").asText();
        Tensor pixels = processor.pixels(golden.picture(key + ".uint8_hwc"));
        Grid grid = Grid.of(Pixels.sizeOf(pixels), family.patches());
        assertArrayEquals(
            Fixtures.longs(c.get("image_grid_thw").get(0)),
            new long[] {1, grid.height(), grid.width()});
        Tensor patches = Patches.of(pixels, grid, family.patches());
        assertArrayEquals(Fixtures.longs(c.get("pixel_values_shape")), patches.shape());
        Qwen3Family.assertPatches(golden, key, patches, 1e-6);
      }
    }
  }

  @Test
  void sizesAreThoseOfSmartResize() {
    int tables = 0;
    for (Map.Entry<String, JsonNode> field : json.properties()) {
      if (field.getKey().startsWith("smart_resize_")) {
        tables++;
        boolean published = field.getKey().endsWith("_published");
        PreprocessorConfig config = published ? PUBLISHED : architecture.preprocessor();
        int factor = Integer.parseInt(field.getKey().replaceAll("\\D", ""));
        assertEquals(factor, config.smartResize().factor());
        for (JsonNode row : field.getValue()) {
          ImageSize size = new ImageSize(row.get(0).asInt(), row.get(1).asInt());
          ImageSize wanted = new ImageSize(row.get(2).asInt(), row.get(3).asInt());
          assertEquals(wanted, config.smartResize().of(size), size::toString);
        }
      }
    }
    assertTrue(tables > 0, "no table of sizes");
  }

  /**
   * Where the authors' code works, an image stays as it is. Where it fails, sides are refused that
   * do not divide into image tokens; smaller images than the processor's least are taken here, as
   * no second count of their tokens stands against it.
   */
  @Test
  void theAuthorsSizesAreTakenAsTheyAre() {
    long[] failing =
        Fixtures.longs(
            json.get(
                "square_sizes_where_the_official_differentiable_code_fails_with_the_published_minimum"));
    QwenSizing sizing = new QwenSizing(PUBLISHED, Arithmetic.PILLOW_13);
    int patch = PUBLISHED.patchSize();
    int last = Math.toIntExact(Longs.max(failing));
    IntStream.iterate(patch, side -> side <= last, side -> side + patch)
        .forEach(
            side -> {
              ImageSize size = ImageSize.square(side);
              if (side / patch % PUBLISHED.mergeSize() != 0) {
                assertThrows(IllegalArgumentException.class, () -> sizing.authors(size));
                assertTrue(Longs.contains(failing, side), size::toString);
                return;
              }
              assertEquals(size, sizing.authors(size));
              boolean small = (long) side * side < PUBLISHED.minPixels();
              assertEquals(small, Longs.contains(failing, side), size::toString);
            });
  }
}
