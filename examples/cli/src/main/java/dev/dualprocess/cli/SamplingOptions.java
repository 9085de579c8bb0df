package dev.dualprocess.cli;

import dev.dualprocess.Generator;
import dev.dualprocess.Sampling;
import dev.dualprocess.image.ImageSize;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How images are sampled; what is not said is the generator's default. */
final class SamplingOptions {
  @Option(
      names = "--size",
      paramLabel = "WxH",
      converter = ImageSizeConverter.class,
      description = "Image size in pixels, such as 512x512 (default: the generator's).")
  private @Nullable ImageSize size;

  @Option(
      names = "--inference-steps",
      paramLabel = "N",
      description = "Inference steps of the generator (default: its own).")
  private @Nullable Integer inferenceSteps;

  @Option(
      names = "--guidance",
      paramLabel = "S",
      description = "Guidance scale (default: the generator's).")
  private @Nullable Double guidance;

  @Option(
      names = "--shift",
      paramLabel = "published|static",
      description = "Time shift of the schedule (default: the published one).")
  private Sampling.@Nullable Shift shift;

  /** The size that was asked for, if one was. */
  Optional<ImageSize> size() {
    return Optional.ofNullable(size);
  }

  /** These options over the generator's defaults. */
  Sampling over(Generator generator) {
    Sampling sampling = generator.defaultSampling();
    sampling = size == null ? sampling : sampling.withSize(size);
    sampling = inferenceSteps == null ? sampling : sampling.withSteps(inferenceSteps);
    sampling = guidance == null ? sampling : sampling.withGuidance(guidance);
    return shift == null ? sampling : sampling.withShift(shift);
  }
}
