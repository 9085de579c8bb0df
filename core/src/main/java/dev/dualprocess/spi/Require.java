package dev.dualprocess.spi;

import dev.dualprocess.image.ImageSize;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;

/** What every generator demands of what it is given, each refusal in one line. */
public final class Require {
  private Require() {}

  /**
   * Latents of any batch size for an image of that size.
   *
   * @param latentShape of one image, as {@link dev.dualprocess.Generator#latentShape}
   * @throws IllegalArgumentException if their shape is another
   */
  public static void latents(Tensor z, long[] latentShape, ImageSize size) {
    long[] shape = z.shape();
    if (shape.length != latentShape.length + 1
        || !Arrays.equals(latentShape, Arrays.copyOfRange(shape, 1, shape.length))) {
      String wanted =
          LongStream.of(latentShape).mapToObj(Long::toString).collect(Collectors.joining(", "));
      throw new IllegalArgumentException(
          "latents of shape %s; an image of %s takes [B, %s]"
              .formatted(Arrays.toString(shape), size, wanted));
    }
  }

  /**
   * A step from 0 to {@code last}.
   *
   * @throws IllegalArgumentException if it is another
   */
  public static void step(int step, int last) {
    if (step < 0 || step > last) {
      throw new IllegalArgumentException("step " + step + " is not one of 0 to " + last);
    }
  }
}
