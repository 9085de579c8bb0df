package dev.dualprocess.distill;

import dev.dualprocess.Assessment;
import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.Sampling;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.tensor.Memory;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;

/**
 * Images of seeds that no step has seen, drawn in a single run of the generator as it stands, and
 * what the verifier says to them.
 */
public final class Evaluation {
  private final Generator generator;
  private final Examiner examiner;
  private final Conditioning conditioning;
  private final Sampling sampling;

  /** Draws a prompt and has it rated; everything stays the caller's, who keeps it open. */
  public Evaluation(
      Generator generator, Examiner examiner, Conditioning conditioning, Sampling sampling) {
    this.generator = Objects.requireNonNull(generator, "generator");
    this.examiner = Objects.requireNonNull(examiner, "examiner");
    this.conditioning = Objects.requireNonNull(conditioning, "conditioning");
    this.sampling = Objects.requireNonNull(sampling, "sampling");
  }

  /**
   * An image and what was said to it.
   *
   * @param seed of its noise
   * @param image as it was drawn
   * @param shown as the verifier was shown it, with the first visual prompt
   * @param assessments one for each check
   */
  public record Rated(
      long seed, BufferedImage image, BufferedImage shown, List<Assessment> assessments) {
    /** Copies the list. */
    public Rated {
      assessments = List.copyOf(assessments);
    }

    /** The mean probability over the checks. */
    public double probability() {
      return assessments.stream().mapToDouble(Assessment::probability).average().orElseThrow();
    }

    /** The mean loss over the checks. */
    public double loss() {
      return assessments.stream().mapToDouble(Assessment::loss).average().orElseThrow();
    }
  }

  /** The image of one seed. */
  public Rated rate(long seed) {
    return Memory.freeing(() -> rate(seed, generator.noise(seed, 1, sampling.size())));
  }

  /** The image of a noise that was made from that seed, [1, latent shape]. */
  public Rated rate(long seed, Tensor noise) {
    return Memory.freeing(
        () -> {
          Tensor image = generator.generate(noise, conditioning, sampling);
          return new Rated(
              seed,
              Pixels.toImage(image),
              Pixels.toImage(examiner.shown(image)),
              examiner.assess(image));
        });
  }
}
