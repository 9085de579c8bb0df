package dev.dualprocess.idefics2;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.base.MoreObjects;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.config.Counts;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.vqa.ImageStatistics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The sizes in the image processor's file. Image splitting is never done: one image is one image.
 *
 * @param size bounds of an image's sides, 378 and 980 by default
 * @param resample the resampling filter, as Pillow counts them; null for bilinear
 */
record PreprocessorConfig(Edges size, @Nullable Integer resample) {
  private static final int BILINEAR = 2;

  /** What the published class normalises pixels with where the file does not say. */
  static final ImageStatistics STATISTICS =
      new ImageStatistics(List.of(0.5, 0.5, 0.5), List.of(0.5, 0.5, 0.5));

  /**
   * Bounds of an image's sides in pixels.
   *
   * @param shortestEdge no side is shorter
   * @param longestEdge no side is longer
   */
  record Edges(int shortestEdge, int longestEdge) {
    private static final int MOST_AT_LEAST = 4096; // the published files say 378

    Edges {
      if (shortestEdge < 1 || longestEdge < shortestEdge) {
        throw new IllegalArgumentException(
            "shortest_edge %d and longest_edge %d leave no room"
                .formatted(shortestEdge, longestEdge));
      }
      Counts.requireAtMost("shortest_edge", shortestEdge, MOST_AT_LEAST);
    }
  }

  PreprocessorConfig {
    size = MoreObjects.firstNonNull(size, new Edges(378, 980));
    if (resample != null && resample != BILINEAR) {
      throw new IllegalArgumentException(
          "resample %d is not supported, only %d (bilinear)".formatted(resample, BILINEAR));
    }
  }

  static PreprocessorConfig read(ConfigFile file) throws IOException {
    return file.as(PreprocessorConfig.class);
  }

  /**
   * Refuses a processor_config.json that gives an image another number of tokens than the model; it
   * may be absent.
   */
  static void requireImageTokens(Path path, PerceiverConfig perceiver) throws IOException {
    if (!path.toFile().isFile()) {
      return;
    }
    JsonNode given = ConfigFile.read(path).root().path("image_seq_len");
    if (given.isIntegralNumber() && given.asInt() != perceiver.resamplerNLatents()) {
      throw new IOException(
          "%s: image_seq_len %d is not resampler_n_latents %d of config.json"
              .formatted(path, given.asInt(), perceiver.resamplerNLatents()));
    }
  }

  /**
   * The size an image is brought to: the longer side at most the upper bound with the aspect ratio
   * kept, then no side below the lower one.
   */
  ImageSize sizeFor(ImageSize image) {
    int height = image.height();
    int width = image.width();
    double aspectRatio = (double) width / height;
    if (width >= height && width > size.longestEdge()) {
      width = size.longestEdge();
      height = (int) (width / aspectRatio);
    } else if (height > width && height > size.longestEdge()) {
      height = size.longestEdge();
      width = (int) (height * aspectRatio);
    }
    return new ImageSize(
        Math.max(height, size.shortestEdge()), Math.max(width, size.shortestEdge()));
  }
}
