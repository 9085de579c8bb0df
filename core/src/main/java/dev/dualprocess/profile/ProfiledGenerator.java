package dev.dualprocess.profile;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Draft;
import dev.dualprocess.Generator;
import dev.dualprocess.Sampling;
import dev.dualprocess.flow.FlowSchedule;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.lora.LoraTargets;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** A generator whose sampling, drafts and their backward are parts of the step. */
record ProfiledGenerator(Generator generator, Profiler profiler) implements Generator {
  @Override
  public String name() {
    return generator.name();
  }

  @Override
  public Sampling defaultSampling() {
    return generator.defaultSampling();
  }

  @Override
  public double defaultLearningRate() {
    return generator.defaultLearningRate();
  }

  @Override
  public Conditioning condition(String text) {
    return generator.condition(text);
  }

  @Override
  public long[] latentShape(ImageSize size) {
    return generator.latentShape(size);
  }

  @Override
  public FlowSchedule schedule(Sampling sampling) {
    return generator.schedule(sampling);
  }

  @Override
  public FlowSchedule trainingSchedule(Sampling sampling) {
    return generator.trainingSchedule(sampling);
  }

  @Override
  public Tensor sample(Tensor z, Conditioning text, Sampling sampling, int stopBefore) {
    return profiler.part(Part.SAMPLE, () -> generator.sample(z, text, sampling, stopBefore));
  }

  @Override
  public Draft draft(Tensor zt, int step, Conditioning text, Sampling sampling) {
    return new Profiled(
        profiler.part(Part.DRAFT, () -> generator.draft(zt, step, text, sampling)), profiler);
  }

  @Override
  public Tensor decode(Tensor latents, ImageSize size) {
    return generator.decode(latents, size);
  }

  @Override
  public Optional<String> fault(Tensor noise, Conditioning text, Sampling sampling) {
    return generator.fault(noise, text, sampling);
  }

  @Override
  public LoraTargets loraTargets() {
    return generator.loraTargets();
  }

  @Override
  public void close() {
    generator.close();
  }

  /** A draft whose backward is a part of the step. */
  private record Profiled(Draft draft, Profiler profiler) implements Draft {
    @Override
    public Tensor image() {
      return draft.image();
    }

    @Override
    public void backward(Tensor dImage) {
      profiler.part(
          Part.BACKWARD,
          () -> {
            draft.backward(dImage);
            return null;
          });
    }

    @Override
    public void close() {
      draft.close();
    }
  }
}
