package dev.dualprocess;

import dev.dualprocess.flow.FlowSchedule;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.lora.LoraTargets;
import dev.dualprocess.tensor.Finite;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.NotFiniteException;
import java.awt.image.BufferedImage;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.bytedeco.pytorch.Tensor;

/**
 * System 1: draws an image from noise and a text in one or a few fast passes.
 *
 * <p>Any number of threads may encode, sample and decode at once, under the LoRAs that are
 * attached. A thread that teaches, attaches or merges has the generator to itself: a second is
 * refused with {@link IllegalStateException}. So is use after closing. Tensors that methods return
 * belong to the caller's scope, or to the caller where there is none. Methods that take a {@link
 * Sampling} throw {@link IllegalArgumentException} if the model cannot draw that size.
 */
public interface Generator extends AutoCloseable {
  /** A name for people and for files, such as {@code FLUX.1-schnell}. */
  String name();

  /** How this model is meant to be sampled where nobody says otherwise. */
  Sampling defaultSampling();

  /** Encodes a text once; the caller closes it. */
  Conditioning condition(String text);

  /**
   * The shape of one image's latents, without the batch dimension, in the layout noise is drawn in.
   */
  long[] latentShape(ImageSize size);

  /**
   * Pixels along each side of what one token of the transformer draws, by which a pattern of tokens
   * is found in a picture; empty for a model that has no tokens on a grid.
   */
  default OptionalInt tokenSide() {
    return OptionalInt.empty();
  }

  /** The noise levels σ that sampling visits. */
  FlowSchedule schedule(Sampling sampling);

  /**
   * The noise levels that {@link #draft} takes its steps at: those of {@link #schedule}, unless a
   * model is trained at others than it is sampled at. The number of steps is the same.
   */
  default FlowSchedule trainingSchedule(Sampling sampling) {
    return schedule(sampling);
  }

  /** The optimizer's learning rate where nobody says otherwise. */
  default double defaultLearningRate() {
    return 5e-5;
  }

  /**
   * Runs the first {@code stopBefore} inference steps (eq. 2 of arXiv 2506.01955) without gradient.
   *
   * @param z noise, [B, latent shape], any device
   * @param stopBefore 0 returns latents at the first noise level, N the finished latents
   * @return latents on this generator's device
   */
  Tensor sample(Tensor z, Conditioning conditioning, Sampling sampling, int stopBefore);

  /**
   * One forward pass with gradient at step {@code step}, and the clean image estimated from it (eq.
   * 5).
   *
   * @param zt latents at the noise level of that step, [1, latent shape]
   * @param step 0 .. N-1
   * @return the draft; the caller closes it
   */
  Draft draft(Tensor zt, int step, Conditioning conditioning, Sampling sampling);

  /**
   * Whether a draft and its backward are a function of z_t, the step, the text, the sampling and
   * what is attached, and of nothing that changes from one to the next. Then what they ask a GPU
   * for may be recorded once and repeated ({@link dev.dualprocess.tensor.GraphedPasses}).
   */
  default boolean draftsRepeat() {
    return false;
  }

  /**
   * Finished latents [B, latent shape] as an image, fp32 [B, 3, H, W], nominally in [-1, 1], no
   * gradient.
   */
  Tensor decode(Tensor latents, ImageSize size);

  /** The modules that take a LoRA, by which one is made, attached or merged. */
  LoraTargets loraTargets();

  /**
   * {@code n} images' noise in one draw: fp32 on the CPU, [n, latent shape], the same on every
   * machine.
   */
  default Tensor noise(long seed, int n, ImageSize size) {
    long[] latent = latentShape(Objects.requireNonNull(size, "size"));
    long[] shape = new long[latent.length + 1];
    shape[0] = n;
    System.arraycopy(latent, 0, shape, 1, latent.length);
    return Noise.randn(seed, shape);
  }

  /**
   * Samples from noise to the end and decodes: fp32 [B, 3, H, W], nominally in [-1, 1], no
   * gradient.
   *
   * @throws NotFiniteException that names the part at fault, if there is a NaN or an infinite
   *     number in the picture
   */
  default Tensor generate(Tensor noise, Conditioning conditioning, Sampling sampling) {
    Objects.requireNonNull(noise, "noise");
    Objects.requireNonNull(conditioning, "conditioning");
    Objects.requireNonNull(sampling, "sampling");
    Tensor image =
        Memory.noGrad(
            () ->
                decode(
                    sample(noise, conditioning, sampling, sampling.numInferenceSteps()),
                    sampling.size()));
    if (!Finite.all(image)) {
      throw new NotFiniteException(
          "the picture is not finite (NaN or infinite numbers): "
              + fault(noise, conditioning, sampling)
                  .orElse("generator '%s' drew it so".formatted(name())));
    }
    return image;
  }

  /**
   * Where NaN or infinite numbers in the picture of that noise come from. Asked only when a picture
   * has them; takes as long as drawing it again.
   *
   * @param noise [B, latent shape]
   * @return the end of a sentence that names the part at fault and says what to do; empty where
   *     this generator cannot tell, or where there is none
   */
  default Optional<String> fault(Tensor noise, Conditioning conditioning, Sampling sampling) {
    return Optional.empty();
  }

  /** One image of a seed, as people see it. */
  default BufferedImage generate(Conditioning conditioning, Sampling sampling, long seed) {
    Objects.requireNonNull(conditioning, "conditioning");
    Objects.requireNonNull(sampling, "sampling");
    return Memory.freeing(
        () -> Pixels.toImage(generate(noise(seed, 1, sampling.size()), conditioning, sampling)));
  }

  /** One image of a text and a seed, as people see it. */
  default BufferedImage generate(String text, Sampling sampling, long seed) {
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(sampling, "sampling");
    try (Conditioning conditioning = condition(text)) {
      return generate(conditioning, sampling, seed);
    }
  }

  /** Frees the model. LoRAs that were attached stay valid. */
  @Override
  void close();
}
