package dev.dualprocess.vqa;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.config.ConfigFile;
import dev.dualprocess.config.Reals;
import java.io.IOException;
import java.util.List;

/**
 * What an image processor's file says of the pixels of images.
 *
 * @param imageMean mean of each channel, in [0, 1]
 * @param imageStd standard deviation of each channel, above 0
 */
public record ImageStatistics(List<Double> imageMean, List<Double> imageStd) {
  private static final double LEAST_STD = 1e-3;
  private static final double MOST_STD = 1e3;

  /** Checks that there are three channels of numbers that pixels can be normalised with. */
  public ImageStatistics {
    imageMean = imageMean == null ? List.of() : List.copyOf(imageMean);
    imageStd = imageStd == null ? List.of() : List.copyOf(imageStd);
    if (imageMean.size() != 3 || imageStd.size() != 3) {
      throw new IllegalArgumentException("image_mean and image_std must be three numbers each");
    }
    imageMean.forEach(mean -> Reals.requireWithin("image_mean", mean, 0, 1));
    imageStd.forEach(std -> Reals.requireWithin("image_std", std, LEAST_STD, MOST_STD));
  }

  /**
   * Reads mean and deviation from an image processor's file.
   *
   * @param absent what holds where the file leaves one of them out
   * @throws IOException in one line, if they are not three numbers each
   */
  public static ImageStatistics read(ConfigFile file, ImageStatistics absent) throws IOException {
    ObjectNode fields = file.root().deepCopy();
    fill(fields, "image_mean", absent.imageMean());
    fill(fields, "image_std", absent.imageStd());
    return file.as(fields, ImageStatistics.class);
  }

  private static void fill(ObjectNode fields, String name, List<Double> absent) {
    if (!fields.hasNonNull(name)) {
      absent.forEach(fields.putArray(name)::add);
    }
  }
}
