package dev.dualprocess.distill;

import dev.dualprocess.Assessment;
import dev.dualprocess.Conditioning;
import dev.dualprocess.Critique;
import dev.dualprocess.Draft;
import dev.dualprocess.Generator;
import dev.dualprocess.Prompt;
import dev.dualprocess.Verifier;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.lora.LoraTargets.Attachment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Teaches a generator what a verifier wants to see (arXiv 2506.01955, section 3): the gradient of
 * -log p(answer) flows through the verifier, the visual prompt, the image and one pass of the
 * generator into a LoRA, or into the noise of one seed ({@link Optimised}).
 *
 * <pre>{@code
 * try (Distillation distillation = Distillation.of(generator, verifier, prompt).start();
 *     Lora lora = distillation.lora()) {
 *   distillation.run();
 *   lora.save(Path.of("horizon.safetensors"));
 * }
 * }</pre>
 *
 * <p>Not thread-safe, except for {@link #requestStop}. The same settings give the same result bit
 * for bit, on one machine with one number of threads, however often the run is interrupted and
 * resumed.
 */
public final class Distillation implements AutoCloseable {
  private final DistillSettings settings;
  private final List<Lesson> lessons; // one for each prompt
  private final Trajectory trajectory;
  private final Learner learner;
  private final Course course;

  /** Takes ownership of lessons and learner. */
  Distillation(
      DistillSettings settings,
      List<Lesson> lessons,
      Trajectory trajectory,
      Learner learner,
      Course course) {
    this.settings = settings;
    this.lessons = lessons;
    this.trajectory = trajectory;
    this.learner = learner;
    this.course = course;
  }

  /** A run of that prompt with the paper's settings, to be refined and started. */
  public static DistillationBuilder of(Generator generator, Verifier verifier, Prompt prompt) {
    return new DistillationBuilder(generator, verifier, prompt);
  }

  /** Steps until all are done or {@link #requestStop} was called. */
  public void run() {
    while (!finished() && !course.stopping()) {
      step();
    }
  }

  /**
   * One optimisation step. Before and after it the adapter is not attached.
   *
   * @throws DistillationException if the loss is no number any more
   */
  public StepReport step() {
    long start = System.nanoTime();
    int k = course.steps();
    Lesson lesson = lesson(k);
    Critique critique;
    try (PointerScope scope = new PointerScope()) {
      Tensor zt = latents(k, lesson); // eq. 1 or 2, no gradient
      try (Draft draft = learner.draft(() -> trajectory.draft(zt, k, lesson.taught()))) { // eq. 5
        critique = lesson.critique(draft.image(), k); // L, eq. 4, and ∂L/∂image
        course.requireFinite(critique.loss());
        draft.backward(critique.imageGradient()); // ∂L/∂θ
      }
    }
    double norm = learner.update(); // θ by Adam, its gradient clipped
    return course.add(report(k, critique, norm, start));
  }

  /** z_t of step k, reached with what was learnt so far. */
  private Tensor latents(int k, Lesson lesson) {
    try (Attachment attached = learner.attach()) {
      return trajectory.latents(learner.noise(k), k, lesson.taught());
    }
  }

  /** Prompts take turns, and every round over the noise seeds begins with the next. */
  private Lesson lesson(int k) {
    long round = k / learner.seeds();
    return lessons.get((int) ((k + round) % lessons.size()));
  }

  private StepReport report(int k, Critique critique, double norm, long start) {
    return new StepReport(
        k + 1,
        k % learner.seeds(),
        trajectory.sigma(k),
        critique.loss(),
        critique.assessments().stream().map(Assessment::probability).toList(),
        norm,
        (System.nanoTime() - start) * 1e-9,
        learner.penalty());
  }

  /** Lets {@link #run} return after the step it is in; may be called from any thread. */
  public void requestStop() {
    course.requestStop();
  }

  /** Whether all steps are done, or as many as were needed. */
  public boolean finished() {
    return course.steps() >= settings.steps() || stoppedEarly();
  }

  /** Whether {@link Regularisation#earlyStop()} was reached before the last step. */
  public boolean stoppedEarly() {
    return course.steps() < settings.steps()
        && settings.regularisation().earlyStop().reached(course.reports());
  }

  /** Every step so far, including those before a resume. */
  public List<StepReport> reports() {
    return course.reports();
  }

  /**
   * The adapter in training. It belongs to the caller, who closes it when it is not used any more
   * and no further step will be taken.
   *
   * @throws IllegalStateException if this run optimises latents
   */
  public Lora lora() {
    if (learner instanceof AdapterLearner adapter) {
      return adapter.lora();
    }
    throw new IllegalStateException("this run optimises latents: there is no LoRA");
  }

  /**
   * The noise as it stands: fp32 [1, latent shape], in the caller's scope.
   *
   * @throws IllegalStateException if this run optimises weights
   */
  public Tensor latents() {
    if (learner instanceof NoiseLearner noise) {
      return noise.latents();
    }
    throw new IllegalStateException("this run optimises weights: there are no latents of its own");
  }

  /** What asks the verifier about the first prompt; closed with this run. */
  public Examiner examiner() {
    return lessons.get(0).examiner();
  }

  /** The first prompt's text as the generator sees it when it draws; closed with this run. */
  public Conditioning conditioning() {
    return lessons.get(0).conditioning();
  }

  /**
   * Writes all that is needed to go on with the same numbers, replacing an earlier checkpoint as a
   * whole.
   */
  public void save(Path folder) throws IOException {
    course.save(folder);
  }

  /**
   * Goes on from a checkpoint. Noise, adapter and sampled steps that were given from outside must
   * be given again, the same.
   *
   * @throws IOException in one line, if there is none, it is broken, or it is of a run with other
   *     settings
   * @throws IllegalStateException if steps were taken already
   */
  public void resume(Path folder) throws IOException {
    course.resume(folder);
  }

  /** Frees everything but the adapter; the models stay open. */
  @Override
  public void close() {
    learner.close();
    lessons.forEach(Lesson::close);
  }
}
