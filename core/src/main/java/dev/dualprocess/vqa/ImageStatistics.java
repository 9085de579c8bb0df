package dev.dualprocess.vqa;

import dev.dualprocess.config.ConfigFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What preprocessor_config.json says of the pixels of images.
 *
 * @param imageMean mean of each channel, in [0, 1]
 * @param imageStd standard deviation of each channel, above 0
 */
public record ImageStatistics(List<Double> imageMean, List<Double> imageStd) {
  /** Checks that there are three channels. */
  public ImageStatistics {
    imageMean = imageMean == null ? List.of() : List.copyOf(imageMean);
    imageStd = imageStd == null ? List.of() : List.copyOf(imageStd);
    if (imageMean.size() != 3 || imageStd.size() != 3) {
      throw new IllegalArgumentException("image_mean and image_std must be three numbers each");
    }
  }

  /** Reads mean and deviation from a preprocessor_config.json. */
  public static ImageStatistics read(Path path) throws IOException {
    return ConfigFile.read(path).as(ImageStatistics.class);
  }
}
