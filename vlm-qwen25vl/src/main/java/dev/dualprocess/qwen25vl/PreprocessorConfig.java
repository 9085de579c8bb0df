package dev.dualprocess.qwen25vl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.config.ConfigFile;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The sizes in preprocessor_config.json.
 *
 * @param patchSize side of a patch in pixels
 * @param temporalPatchSize frames in a patch
 * @param mergeSize side, in patches, of the square that becomes one image token
 * @param minPixels least area of an image ({@code size.shortest_edge} in the newer form)
 * @param maxPixels largest area of an image ({@code size.longest_edge} in the newer form)
 */
record PreprocessorConfig(
    int patchSize, int temporalPatchSize, int mergeSize, long minPixels, long maxPixels) {
  /** Reads the file; refuses a processor that cuts other patches than the vision tower takes. */
  static PreprocessorConfig read(Path path, VisionConfig vision) throws IOException {
    ConfigFile file = ConfigFile.read(path);
    ObjectNode fields = file.root().deepCopy();
    JsonNode size = fields.path("size");
    fill(fields, "min_pixels", size, "shortest_edge");
    fill(fields, "max_pixels", size, "longest_edge");
    PreprocessorConfig config = file.as(fields, PreprocessorConfig.class);
    if (!config.fits(vision)) {
      throw new IOException(
          "%s: its patches (%d frames of %d pixels, merged by %d) are not those of config.json (%d, %d, %d)"
              .formatted(
                  path,
                  config.temporalPatchSize,
                  config.patchSize,
                  config.mergeSize,
                  vision.temporalPatchSize(),
                  vision.patchSize(),
                  vision.spatialMergeSize()));
    }
    return config;
  }

  private static void fill(ObjectNode fields, String name, JsonNode size, String newer) {
    if (!fields.path(name).isNumber()) {
      fields.set(name, size.path(size.has(name) ? name : newer));
    }
  }

  private boolean fits(VisionConfig vision) {
    return patchSize == vision.patchSize()
        && temporalPatchSize == vision.temporalPatchSize()
        && mergeSize == vision.spatialMergeSize();
  }

  SmartResize smartResize() {
    return new SmartResize(patchSize * mergeSize, minPixels, maxPixels);
  }
}
