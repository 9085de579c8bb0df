package dev.dualprocess.distill;

import dev.dualprocess.Conditioning;
import dev.dualprocess.Critique;
import dev.dualprocess.Draft;
import dev.dualprocess.Generator;
import dev.dualprocess.ImageSize;
import dev.dualprocess.Prompt;
import dev.dualprocess.Verifier;
import dev.dualprocess.flow.FlowSchedule;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Placement;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Changes the noise of one seed until a verifier sees what it wants (arXiv 2506.01955, table 2): as
 * {@link Distillation}, but the gradient ends in the noise. What it finds is one image; another
 * seed or another text has to be optimised anew.
 *
 * <pre>{@code
 * try (LatentOptimisation optimisation = LatentOptimisation.of(generator, verifier, prompt).start()) {
 *   optimisation.run();
 *   BufferedImage image = optimisation.image();
 * }
 * }</pre>
 *
 * <p>The gradient is taken in one pass at the first noise level, on the noise itself. Of a
 * generator of many steps this is the clean image as it is seen from there.
 *
 * <p>Not thread-safe, except for {@link #requestStop}.
 */
public final class LatentOptimisation implements AutoCloseable {
  private final Generator generator;
  private final LatentSettings settings;

  private final Conditioning conditioning;
  private final FlowSchedule schedule;
  private final Critic critic;
  private final Tensor z; // [1, latent shape], fp32 on the generator's device
  private final Tensor flat; // the same, [n]
  private final Tensor gradient; // its gradient, [n]
  private final Adam adam;
  private final Course course;

  LatentOptimisation(LatentOptimisationBuilder builder) {
    generator = builder.generator;
    settings = builder.settings;
    schedule = generator.trainingSchedule(settings.sampling());
    Placement placement = generator.loraTargets().placement();
    critic =
        new Critic(
            builder.verifier,
            builder.prompt,
            settings.sampling().size(),
            settings.presentation(),
            settings.vqa(),
            placement);
    conditioning =
        builder.encoded == null ? generator.condition(builder.prompt.text()) : builder.encoded;
    ImageSize size = settings.sampling().size();
    flat =
        Memory.kept(
            () -> {
              Tensor noise =
                  builder.noise == null ? generator.noise(settings.seed(), 1, size) : builder.noise;
              return placement.placeFloat32(noise).detach().clone().view(-1);
            });
    gradient = Memory.kept(() -> torch.zeros_like(flat));
    z = Memory.kept(() -> flat.view(shape(generator.latentShape(size))).detach());
    z.set_requires_grad(true);
    Memory.withoutGrad(() -> z.mutable_grad().put(gradient.view(z.shape())));
    adam = new Adam(flat, gradient, settings.adam());
    course = new Course(builder.fingerprint(), flat, adam, builder.listener);
  }

  /** An optimisation of that prompt with the defaults, to be refined and started. */
  public static LatentOptimisationBuilder of(
      Generator generator, Verifier verifier, Prompt prompt) {
    return new LatentOptimisationBuilder(generator, verifier, prompt);
  }

  private static long[] shape(long[] latent) {
    return LongStream.concat(LongStream.of(1), LongStream.of(latent)).toArray();
  }

  /** Steps until all are done or {@link #requestStop} was called. */
  public void run() {
    while (!finished() && !course.stopping()) {
      step();
    }
  }

  /**
   * One optimisation step.
   *
   * @throws DistillationException if the loss is no number any more
   */
  public StepReport step() {
    long start = System.nanoTime();
    int k = course.steps();
    Critique critique;
    try (PointerScope scope = new PointerScope();
        Draft draft =
            generator.draft(
                z, 0, conditioning.forTraining(settings.sampling()), settings.sampling())) {
      critique = critic.critique(draft.image());
      course.requireFinite(critique.loss());
      draft.backward(critique.imageGradient()); // ∂L/∂image into ∂L/∂z
    }
    if (settings.shellWeight() > 0) {
      GaussianShell.addGradient(flat, settings.shellWeight(), gradient);
    }
    double norm = adam.step();
    StepReport report =
        new StepReport(
            k + 1,
            0,
            schedule.sigma(0),
            critique.loss(),
            critique.assessments().stream().map(a -> a.probability()).toList(),
            norm,
            (System.nanoTime() - start) * 1e-9);
    return course.add(report);
  }

  /** Lets {@link #run} return after the step it is in; may be called from any thread. */
  public void requestStop() {
    course.requestStop();
  }

  /** Whether all steps are done. */
  public boolean finished() {
    return course.steps() >= settings.steps();
  }

  /** Every step so far, including those before a resume. */
  public List<StepReport> reports() {
    return course.reports();
  }

  /** The noise as it stands: fp32 [1, latent shape], in the caller's scope. */
  public Tensor latents() {
    return Memory.scoped(() -> z.detach().clone());
  }

  /** How long the noise is, over √n, its expected length: 1 is usual. */
  public double relativeLength() {
    return Memory.freeing(
        () -> flat.detach().norm().item_double() / Math.sqrt((double) flat.numel()));
  }

  /** The image of the noise as it stands, sampled to the end, and what the verifier says. */
  public Evaluation.Rated rate() {
    return new Evaluation(generator, critic, conditioning, settings.sampling())
        .rate(settings.seed(), this::latents);
  }

  /** The image of the noise as it stands, as people see it. */
  public BufferedImage image() {
    return Memory.freeing(
        () -> Pixels.toImage(generator.generate(latents(), conditioning, settings.sampling())));
  }

  /**
   * Writes all that is needed to go on with the same numbers, replacing an earlier checkpoint as a
   * whole.
   */
  public void save(Path folder) throws IOException {
    course.save(folder);
  }

  /**
   * Goes on from a checkpoint.
   *
   * @throws IOException in one line, if there is none, it is broken, or it is of a run with other
   *     settings
   * @throws IllegalStateException if steps were taken already
   */
  public void resume(Path folder) throws IOException {
    course.resume(folder);
  }

  /** Frees everything; the models stay open. */
  @Override
  public void close() {
    adam.close();
    gradient.close();
    flat.close();
    z.close();
    conditioning.close();
    critic.close();
  }
}
