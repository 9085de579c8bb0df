package dev.dualprocess.spi;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Sampling;
import dev.dualprocess.flow.FlowSampler;
import dev.dualprocess.tensor.Finite;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.weights.FaultyPart;
import java.nio.file.Path;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * Draws a picture that is not finite once more and looks at the numbers between the parts: those of
 * the first that are not finite come from the part before them.
 */
record FaultSearch(FlowModel model, Conditioning text, Sampling sampling) {
  /** The part at fault and what to do; empty if there is none. */
  Optional<String> from(Tensor noise) {
    return Memory.freeing(() -> Memory.withoutRecording(() -> search(noise)));
  }

  private Optional<String> search(Tensor noise) {
    Tensor first = model.placement().placeFloat32(noise);
    if (!Finite.all(first)) {
      return Optional.of("the noise that it was drawn from has them");
    }
    int steps = sampling.numInferenceSteps();
    try (FlowSampler sampler = model.sampler(sampling)) {
      Tensor zt = sampler.begin(first);
      for (int i = 0; i < steps; i++) {
        zt = step(sampler, i, zt);
        if (!Finite.all(zt)) {
          Optional<String> lora = model.loraTargets().suspicion();
          return Optional.of(
              part(
                  "the transformer, in step %d of %d".formatted(i + 1, steps),
                  "transformer",
                  lora));
        }
      }
      return decoded(zt);
    }
  }

  private Tensor step(FlowSampler sampler, int i, Tensor zt) {
    return Memory.scoped(
        () -> sampler.step(model.velocity(zt, sampler.timestep(i), text, sampling), i, zt));
  }

  private Optional<String> decoded(Tensor latents) {
    boolean sound =
        Memory.freeing(
            () -> {
              Tensor x0 = model.placement().placeFloat32(latents);
              return Finite.all(model.decode(x0, sampling.size()));
            });
    return sound
        ? Optional.empty()
        : Optional.of(part("the VAE's decoder", "vae", Optional.empty()));
  }

  private String part(String name, String folder, Optional<String> suspicion) {
    Optional<Path> weights = model.folder().map(pipeline -> pipeline.resolve(folder));
    return new FaultyPart(name, weights, model.placement().dtype(), suspicion).told();
  }
}
