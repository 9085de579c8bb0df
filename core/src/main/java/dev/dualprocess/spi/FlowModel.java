package dev.dualprocess.spi;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Generator;
import dev.dualprocess.Sampling;
import dev.dualprocess.flow.EulerSampler;
import dev.dualprocess.flow.FlowSampler;
import dev.dualprocess.flow.FlowSchedule;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.lora.LoraTargets;
import dev.dualprocess.tensor.Placement;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.bytedeco.pytorch.Tensor;

/**
 * What a rectified-flow model on libtorch has of its own: how it reads texts, the velocity it
 * estimates, how its latents become an image, and its noise levels. {@link FlowGenerator} makes a
 * {@link Generator} of it.
 *
 * <p>Latents that come in are of the right shape, fp32 and on the model's device. Results belong to
 * the caller's scope. Where recording is on, gradient flows from every result to its latents and to
 * the attached LoRA.
 */
public interface FlowModel extends AutoCloseable {
  /** A name for people and for files, such as {@code FLUX.1-schnell}. */
  String name();

  /** Where transformer and autoencoder are. */
  Placement placement();

  /** How this model is meant to be sampled where nobody says otherwise. */
  Sampling defaultSampling();

  /** The optimizer's learning rate where nobody says otherwise. */
  double defaultLearningRate();

  /**
   * Encodes a text once for {@link #velocity}; the caller closes it.
   *
   * @throws dev.dualprocess.tensor.NotFiniteException that names the encoder, if what it made of
   *     the text is not finite
   */
  Conditioning condition(String text);

  /**
   * The shape of one image's latents, without the batch dimension, in the layout noise is drawn in.
   *
   * @throws IllegalArgumentException if the model cannot draw that size
   */
  long[] latentShape(ImageSize size);

  /** Pixels along each side of what one token draws; see {@link Generator#tokenSide()}. */
  default OptionalInt tokenSide() {
    return OptionalInt.empty();
  }

  /** The noise levels σ that sampling visits. */
  FlowSchedule schedule(Sampling sampling);

  /**
   * The noise levels that drafts are made at, as many as {@link #schedule} has: the same, unless a
   * model is trained at others than it is sampled at.
   */
  default FlowSchedule trainingSchedule(Sampling sampling) {
    return schedule(sampling);
  }

  /** One run along {@link #schedule}; the caller closes it. */
  default FlowSampler sampler(Sampling sampling) {
    return new EulerSampler(schedule(sampling));
  }

  /**
   * û = G(z_t, t, text), with guidance where the model has any.
   *
   * @param zt fp32 [B, latent shape]
   * @param timestep of the schedule
   * @param text what {@link #condition} made
   * @return fp32, of z_t's shape
   * @throws IllegalArgumentException if the text was made by another kind of generator
   */
  Tensor velocity(Tensor zt, float timestep, Conditioning text, Sampling sampling);

  /** The image of clean latents: fp32 [B, latent shape] to fp32 [B, 3, H, W] in [-1, 1]. */
  Tensor decode(Tensor x0, ImageSize size);

  /**
   * The pipeline's folder, in the layout of diffusers, where the model was read from one: when a
   * picture is not finite, the weights of {@code transformer} and {@code vae} there are looked
   * through for the one at fault.
   */
  default Optional<Path> folder() {
    return Optional.empty();
  }

  /** The layers that take a LoRA; they are the model's own. */
  LoraTargets loraTargets();

  /** Frees weights and text encoders. */
  @Override
  void close();
}
