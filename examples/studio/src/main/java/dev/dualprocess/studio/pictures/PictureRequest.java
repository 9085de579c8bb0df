package dev.dualprocess.studio.pictures;

import com.google.common.hash.Hashing;
import dev.dualprocess.Sampling;
import dev.dualprocess.image.ImageSize;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * A picture that somebody wants to see.
 *
 * @param generator its id
 * @param prompt the generator's text
 * @param seed of the noise
 * @param size if not the generator's
 * @param inferenceSteps if not the generator's
 * @param guidanceScale if not the generator's
 * @param loras what is attached, in this order
 */
public record PictureRequest(
    String generator,
    String prompt,
    long seed,
    Optional<ImageSize> size,
    OptionalInt inferenceSteps,
    OptionalDouble guidanceScale,
    List<Strength> loras) {
  /** Copies the list. */
  public PictureRequest {
    loras = List.copyOf(loras);
    if (prompt.isBlank()) {
      throw new IllegalArgumentException("the prompt is empty");
    }
  }

  /**
   * What a job has learnt, and how strongly it counts.
   *
   * @param job its id
   * @param strength factor of the LoRA's effect, finite
   */
  public record Strength(String job, double strength) {
    private static final double MOST = 100;

    /** Checks the factor. */
    public Strength {
      if (!(Math.abs(strength) <= MOST)) {
        throw new IllegalArgumentException(
            "a strength is a number of at most 100, not " + strength);
      }
    }

    /** Reads {@code JOB:STRENGTH}. */
    public static Strength parse(String text) {
      int colon = text.lastIndexOf(':');
      if (colon < 0) {
        return new Strength(text, 1);
      }
      try {
        return new Strength(
            text.substring(0, colon), Double.parseDouble(text.substring(colon + 1)));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("'" + text + "' is not JOB:STRENGTH", e);
      }
    }
  }

  /** The generator's way of sampling with what is asked otherwise. */
  Sampling over(Sampling defaults) {
    Sampling sampling = defaults;
    if (size.isPresent()) {
      sampling = sampling.withSize(size.get());
    }
    if (inferenceSteps.isPresent()) {
      sampling = sampling.withSteps(inferenceSteps.getAsInt());
    }
    return guidanceScale.isPresent()
        ? sampling.withGuidance(guidanceScale.getAsDouble())
        : sampling;
  }

  /**
   * A name that is the same for the same picture.
   *
   * @param versions of the LoRAs' files
   */
  String key(List<String> versions) {
    return Hashing.sha256()
        .hashString(this + " " + versions, StandardCharsets.UTF_8)
        .toString()
        .substring(0, 32);
  }
}
