package dev.dualprocess.qwen;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.config.JsonFields;
import dev.dualprocess.vqa.ImageStatistics;
import java.io.IOException;
import java.util.List;

/**
 * The sizes in the image processor's file.
 *
 * @param patchSize side of a patch in pixels, 14 by default
 * @param temporalPatchSize frames in a patch, 2 by default
 * @param mergeSize side, in patches, of the square that becomes one image token, 2 by default
 * @param minPixels least area of an image ({@code size.shortest_edge} in the newer form)
 * @param maxPixels largest area of an image ({@code size.longest_edge} in the newer form)
 */
public record PreprocessorConfig(
    int patchSize, int temporalPatchSize, int mergeSize, long minPixels, long maxPixels) {
  private static final long MIN_PIXELS = 56 * 56;
  private static final long MAX_PIXELS = 28 * 28 * 1280;

  /** What the published class normalises pixels with where the file does not say. */
  public static final ImageStatistics STATISTICS =
      new ImageStatistics(
          List.of(0.48145466, 0.4578275, 0.40821073), List.of(0.26862954, 0.26130258, 0.27577711));

  /**
   * Reads the file over the published class's defaults; refuses a processor that cuts other patches
   * than the vision tower takes.
   */
  public static PreprocessorConfig read(ConfigFile file, PatchShape vision) throws IOException {
    ObjectNode fields =
        JsonFields.over(
            JsonNodeFactory.instance
                .objectNode()
                .put("patch_size", 14)
                .put("temporal_patch_size", 2)
                .put("merge_size", 2),
            file.root());
    if (fields.hasNonNull("size")) {
      fill(fields, "min_pixels", fields.path("size"), "shortest_edge");
      fill(fields, "max_pixels", fields.path("size"), "longest_edge");
    } else {
      fields = JsonFields.over(pixelBounds(), fields);
    }
    PreprocessorConfig config = file.as(fields, PreprocessorConfig.class);
    if (!config.fits(vision)) {
      throw new IOException(
          "%s: its patches (%d frames of %d pixels, merged by %d) are not those of config.json (%d, %d, %d)"
              .formatted(
                  file.path(),
                  config.temporalPatchSize,
                  config.patchSize,
                  config.mergeSize,
                  vision.temporalPatchSize(),
                  vision.patchSize(),
                  vision.spatialMergeSize()));
    }
    config.requireBounds(file);
    return config;
  }

  private void requireBounds(ConfigFile file) throws IOException {
    try {
      smartResize();
    } catch (IllegalArgumentException e) {
      throw new IOException(file.path() + ": " + e.getMessage(), e);
    }
  }

  private static ObjectNode pixelBounds() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("min_pixels", MIN_PIXELS)
        .put("max_pixels", MAX_PIXELS);
  }

  private static void fill(ObjectNode fields, String name, JsonNode size, String newer) {
    if (!fields.path(name).isNumber()) {
      fields.set(name, size.path(size.has(name) ? name : newer));
    }
  }

  private boolean fits(PatchShape vision) {
    return patchSize == vision.patchSize()
        && temporalPatchSize == vision.temporalPatchSize()
        && mergeSize == vision.spatialMergeSize();
  }

  /** The rule by which sizes are chosen. */
  public SmartResize smartResize() {
    return new SmartResize(patchSize * mergeSize, minPixels, maxPixels);
  }
}
