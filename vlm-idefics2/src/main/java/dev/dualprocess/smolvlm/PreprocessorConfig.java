package dev.dualprocess.smolvlm;

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
 * The sizes in the image processor's file. Whether it splits images is not asked there: an image is
 * one tile unless somebody wants to look closely.
 *
 * @param size to which the longer side of every image is brought first, 4 x 364 by default
 * @param maxImageSize side of a tile, 364 by default
 * @param resample the resampling filter, as Pillow counts them; null for Lanczos
 */
record PreprocessorConfig(Edge size, Edge maxImageSize, @Nullable Integer resample) {
  private static final int LANCZOS = 1;
  private static final int MOST = 4096; // the published class has no larger images

  /** What the published class normalises pixels with where the file does not say. */
  static final ImageStatistics STATISTICS =
      new ImageStatistics(List.of(0.5, 0.5, 0.5), List.of(0.5, 0.5, 0.5));

  /**
   * A length in pixels.
   *
   * @param longestEdge of the longer side
   */
  record Edge(int longestEdge) {
    Edge {
      Counts.requirePositive("longest_edge", longestEdge);
      Counts.requireAtMost("longest_edge", longestEdge, MOST);
    }
  }

  PreprocessorConfig {
    size = MoreObjects.firstNonNull(size, new Edge(4 * 364));
    maxImageSize = MoreObjects.firstNonNull(maxImageSize, new Edge(364));
    if (resample != null && resample != LANCZOS) {
      throw new IllegalArgumentException(
          "resample %d is not supported, only %d (Lanczos)".formatted(resample, LANCZOS));
    }
  }

  static PreprocessorConfig read(ConfigFile file) throws IOException {
    return file.as(PreprocessorConfig.class);
  }

  /** Side of a tile in pixels. */
  int tile() {
    return maxImageSize.longestEdge();
  }

  /** The size every image is brought to first: larger or smaller, its aspect ratio kept. */
  ImageSize first(ImageSize image) {
    int longest = size.longestEdge();
    double aspectRatio = (double) image.width() / image.height();
    return image.width() >= image.height()
        ? new ImageSize(even((int) (longest / aspectRatio)), longest)
        : new ImageSize(longest, even((int) (longest * aspectRatio)));
  }

  private static int even(int side) {
    return Math.max(1, side + side % 2);
  }

  /** The size of whole tiles that an image of that size is brought to before it is cut. */
  ImageSize ofTiles(ImageSize image) {
    int tile = tile();
    double aspectRatio = (double) image.width() / image.height();
    if (image.width() >= image.height()) {
      int width = upToTiles(image.width(), tile);
      return new ImageSize(upToTiles((int) (width / aspectRatio), tile), width);
    }
    int height = upToTiles(image.height(), tile);
    return new ImageSize(height, upToTiles((int) (height * aspectRatio), tile));
  }

  private static int upToTiles(int side, int tile) {
    return (Math.max(1, side) + tile - 1) / tile * tile;
  }

  /**
   * Refuses a processor_config.json that gives a tile another number of tokens than the model; it
   * may be absent.
   */
  static void requireImageTokens(Path path, int tokens) throws IOException {
    if (!path.toFile().isFile()) {
      return;
    }
    JsonNode given = ConfigFile.read(path).root().path("image_seq_len");
    if (given.isIntegralNumber() && given.asInt() != tokens) {
      throw new IOException(
          "%s: image_seq_len %d is not %d, the image tokens of a tile by config.json and the image processor's file"
              .formatted(path, given.asInt(), tokens));
    }
  }
}
