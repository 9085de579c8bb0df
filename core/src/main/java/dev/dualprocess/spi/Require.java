package dev.dualprocess.spi;

import dev.dualprocess.Question;
import dev.dualprocess.VqaSettings;
import dev.dualprocess.image.ImageSize;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;

/** What every generator demands of what it is given, each refusal in one line. */
public final class Require {
  private Require() {}

  /**
   * A tensor that is there and was not closed.
   *
   * @throws IllegalStateException if it was
   */
  public static void open(Tensor tensor, String name) {
    if (Objects.requireNonNull(tensor, name).isNull()) {
      throw new IllegalStateException("the tensor '" + name + "' is closed");
    }
  }

  /**
   * What a verifier is asked with.
   *
   * @throws IllegalArgumentException if the image is none of [1, 3, H, W], or there is no question
   */
  public static void asked(Tensor image, List<Question> questions, VqaSettings settings) {
    open(image, "image");
    Objects.requireNonNull(questions, "questions");
    Objects.requireNonNull(settings, "settings");
    long[] shape = image.shape();
    if (shape.length != 4 || shape[0] != 1 || shape[1] != 3) {
      throw new IllegalArgumentException(
          "a verifier takes an image of shape [1, 3, H, W], not " + Arrays.toString(shape));
    }
    if (questions.isEmpty()) {
      throw new IllegalArgumentException("there is no question to ask the verifier");
    }
  }

  /**
   * Latents of any batch size for an image of that size.
   *
   * @param latentShape of one image, as {@link dev.dualprocess.Generator#latentShape}
   * @throws IllegalArgumentException if their shape is another
   */
  public static void latents(Tensor z, long[] latentShape, ImageSize size) {
    open(z, "latents");
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
