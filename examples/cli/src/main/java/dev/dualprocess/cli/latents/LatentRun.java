package dev.dualprocess.cli.latents;

import dev.dualprocess.Generator;
import dev.dualprocess.Verifier;
import dev.dualprocess.cli.console.Console;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.distill.Distillation;
import dev.dualprocess.distill.Evaluation;
import dev.dualprocess.distill.Evaluation.Rated;
import dev.dualprocess.distill.StepListener;
import dev.dualprocess.distill.StepReport;
import dev.dualprocess.image.ImageGrid;
import dev.dualprocess.models.EncodedPrompt;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.run.RunListener;
import dev.dualprocess.run.SamplingParameters;
import dev.dualprocess.run.Slug;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Noise;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One optimisation of a seed's noise, from a prompt to a folder of results: rate, optimise with
 * checkpoints, save, rate again. Ctrl-C finishes the step and goes on with saving.
 */
public final class LatentRun implements AutoCloseable {
  private final Generator generator;
  private final DistillSettings settings;
  private final String text;
  private final RunFolder folder;
  private final Console console;
  private final int checkpointEvery;
  private final Distillation optimisation;
  private RunListener.Progress progress = RunListener.Progress.UNSEEN;
  private volatile boolean interrupted;
  private double seconds;

  /**
   * Prepares a run; models and folder stay the caller's.
   *
   * @param encoded what is asked for; its text becomes the run's
   */
  public LatentRun(
      Generator generator,
      Verifier verifier,
      EncodedPrompt encoded,
      DistillSettings settings,
      RunFolder folder,
      Console console,
      int checkpointEvery) {
    this.generator = generator;
    this.settings = settings;
    this.text = encoded.prompt().text();
    this.folder = folder;
    this.console = console;
    this.checkpointEvery = checkpointEvery;
    this.optimisation =
        Distillation.of(generator, verifier, encoded.prompt())
            .conditioning(encoded.text())
            .settings(settings)
            .listener(new Bookkeeping())
            .start();
  }

  /** Shows progress and writes a checkpoint every so often. */
  private final class Bookkeeping implements StepListener {
    @Override
    public void onStep(StepReport report) {
      progress.step(report);
      if (report.step() % checkpointEvery == 0) {
        saveCheckpoint();
      }
    }
  }

  private void saveCheckpoint() {
    try {
      optimisation.save(folder.checkpoint());
      folder.writeLosses(optimisation.reports());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Goes on from the folder's checkpoint, if there is one. */
  public void resume() throws IOException {
    if (folder.hasCheckpoint()) {
      optimisation.resume(folder.checkpoint());
      console.say("Going on after step %d.", optimisation.reports().size());
    } else {
      console.say("No checkpoint in %s: starting anew.", folder.path());
    }
  }

  /** Optimises to the end or to Ctrl-C, then saves checkpoint, losses and noise. */
  public void optimise() throws IOException {
    long start = System.nanoTime();
    progress =
        console.progress(
            "Optimising", settings.steps(), optimisation.reports().size(), this::requestStop);
    try (RunListener.Progress shown = progress) {
      optimisation.run();
    } finally {
      seconds = (System.nanoTime() - start) * 1e-9;
    }
    saveCheckpoint();
    Memory.withoutGrad(
        () -> {
          try {
            folder.writeLatents(optimisation.latents());
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private void requestStop() {
    interrupted = true;
    optimisation.requestStop();
  }

  /** Writes both images, with the parameters they were made with inside, and them side by side. */
  public void writeImages(Rated before, Rated after) throws IOException {
    writeImage(before, "before");
    writeImage(after, "after");
    folder.writeBeforeAfter(
        new ImageGrid(List.of("noise of the seed", "noise optimised"))
            .row(List.of(before.shown(), after.shown()), List.of(caption(before), caption(after)))
            .draw());
  }

  private void writeImage(Rated rated, String when) throws IOException {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("prompt", text);
    parameters.put("seed", rated.seed());
    parameters.putAll(SamplingParameters.of(generator, settings.sampling()));
    parameters.put("latents", when.equals("after") ? folder.latents().getFileName() + "" : "");
    parameters.put("probability", rated.probability());
    folder.writeImage(
        "%s-seed-%d-%s".formatted(Slug.of(text), rated.seed(), when), rated.image(), parameters);
  }

  private static String caption(Rated rated) {
    return String.format(Locale.ROOT, "p = %.2f", rated.probability());
  }

  /** The seed's image with its noise as it stands, and what the verifier says to it. */
  public Rated rate() {
    return Memory.freeing(
        () ->
            new Evaluation(
                    generator,
                    optimisation.examiner(),
                    optimisation.conditioning(),
                    settings.sampling())
                .rate(settings.seed(), optimisation.latents()));
  }

  /** Length of the noise over its expected length. */
  public double relativeLength() {
    return Memory.freeing(() -> Noise.relativeLength(optimisation.latents()));
  }

  /** Every step so far. */
  public List<StepReport> reports() {
    return optimisation.reports();
  }

  /** Whether Ctrl-C ended {@link #optimise} early. */
  public boolean interrupted() {
    return interrupted;
  }

  /** Seconds that {@link #optimise} took for its steps. */
  public double seconds() {
    return seconds;
  }

  @Override
  public void close() {
    optimisation.close();
  }
}
