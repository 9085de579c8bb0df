package dev.dualprocess.qwen25vl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.VqaSettings.Resizing;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.qwen.Grid;
import dev.dualprocess.qwen.Patches;
import dev.dualprocess.qwen.PreprocessorConfig;
import dev.dualprocess.qwen.SmartResize;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.Golden;
import dev.dualprocess.vqa.ImageProcessor;
import java.awt.image.BufferedImage;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** Pictures of 8 bits: the same patches as the Python image processor makes. */
class ImageProcessorTest {
  private static final String NAME = "vlm/qwen_image_processor";

  private final Qwen25Vl family = new Qwen25Family().architecture();

  private ImageProcessor processor() {
    return new ImageProcessor(family.imageSizing(), family.imageStatistics(), Placement.CPU);
  }

  @Test
  void patchesAreThoseOfTheProcessor() {
    try (PointerScope scope = new PointerScope();
        Golden golden = Fixtures.golden(NAME);
        ImageProcessor processor = processor()) {
      JsonNode cases = Fixtures.json(NAME + ".json").get("cases");
      for (int i = 0; i < cases.size(); i++) {
        Tensor pixels = processor.pixels(golden.picture(i + ".uint8_hwc"));
        Grid grid = Grid.of(Pixels.sizeOf(pixels), family.config().vision().patches());
        assertArrayEquals(
            Fixtures.longs(cases.get(i).get("image_grid_thw").get(0)),
            new long[] {1, grid.height(), grid.width()});
        Tensor patches = Patches.of(pixels, grid, family.config().vision().patches());
        golden.assertClose(i + ".pixel_values", patches, 1e-4);
      }
    }
  }

  /** The differentiable way does not round to 8 bits, and is otherwise the same. */
  @Test
  void theDifferentiableWayIsCloseToIt() {
    try (Golden golden = Fixtures.golden(NAME);
        ImageProcessor processor = processor()) {
      BufferedImage picture = golden.picture("0.uint8_hwc");
      Memory.withoutGrad(
          () -> {
            Tensor image = Pixels.toTensor(picture);
            Tensor smooth = processor.pixels(image, Resizing.PROCESSOR);
            Golden.assertClose("differentiable processor", processor.pixels(picture), smooth, 1e-2);
          });
    }
  }

  @Test
  void sizesAreThoseOfSmartResize() {
    PreprocessorConfig config = family.preprocessor();
    int tables = 0;
    for (Map.Entry<String, JsonNode> field : Fixtures.json(NAME + ".json").properties()) {
      if (field.getKey().startsWith("smart_resize_")) {
        tables++;
        int factor = Integer.parseInt(field.getKey().substring("smart_resize_".length()));
        SmartResize resize = new SmartResize(factor, config.minPixels(), config.maxPixels());
        for (JsonNode row : field.getValue()) {
          ImageSize size = new ImageSize(row.get(0).asInt(), row.get(1).asInt());
          ImageSize wanted = new ImageSize(row.get(2).asInt(), row.get(3).asInt());
          assertEquals(wanted, resize.of(size), size::toString);
        }
      }
    }
    assertEquals(1, tables, "tables found");
  }
}
