package dev.dualprocess.cli.demo;

import dev.dualprocess.distill.Evaluation.Rated;
import dev.dualprocess.distill.StepListener;
import dev.dualprocess.distill.StepReport;
import dev.dualprocess.image.ImageGrid;
import dev.dualprocess.lora.LoraTargets.Attachment;
import dev.dualprocess.run.AnimatedGif;
import dev.dualprocess.run.RunFolder;
import dev.dualprocess.run.TrainingRun;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A film of unseen seeds while learning goes on: the same few, as the verifier is shown them. */
final class Film implements StepListener {
  private static final int SEEDS = 4;
  private static final int FRAMES = 10;
  private static final int HUNDREDTHS = 50;

  private final TrainingRun run;
  private final int every;
  private final List<Frame> frames = new ArrayList<>();

  private record Frame(int step, List<Rated> rated) {}

  /**
   * Of a run that is about to begin.
   *
   * @param steps how many there will be
   * @param before the unseen seeds without an adapter
   */
  Film(TrainingRun run, int steps, List<Rated> before) {
    this.run = run;
    this.every = Math.max(1, steps / FRAMES);
    frames.add(new Frame(0, before.subList(0, Math.min(SEEDS, before.size()))));
  }

  @Override
  public void onStep(StepReport report) {
    if (report.step() % every == 0) {
      try (Attachment learnt = run.attach()) {
        take(report.step());
      }
    }
  }

  /** Takes the last frame, unless it is there; the adapter is attached. */
  void end(int step) {
    if (frames.get(frames.size() - 1).step() != step) {
      take(step);
    }
  }

  private void take(int step) {
    frames.add(new Frame(step, run.look(SEEDS)));
  }

  /** Writes {@code film-strip.png} and {@code learning.gif}. */
  void write(RunFolder folder, Map<String, ?> parameters) throws IOException {
    ImageGrid strip = new ImageGrid(frames.stream().map(frame -> "step " + frame.step()).toList());
    for (int seed = 0; seed < frames.get(0).rated().size(); seed++) {
      List<BufferedImage> pictures = new ArrayList<>();
      List<String> captions = new ArrayList<>();
      for (Frame frame : frames) {
        pictures.add(frame.rated().get(seed).shown());
        captions.add(probability(frame.rated().get(seed)));
      }
      strip.row(pictures, captions);
    }
    folder.writePicture("film-strip", strip.draw(), parameters);
    folder.writeAnimation(
        "learning", new AnimatedGif(frames.stream().map(Film::still).toList(), HUNDREDTHS));
  }

  private static BufferedImage still(Frame frame) {
    List<BufferedImage> pictures = frame.rated().stream().map(Rated::shown).toList();
    List<String> captions =
        frame.rated().stream().map(r -> "step " + frame.step() + ", " + probability(r)).toList();
    return new ImageGrid(List.of()).row(pictures, captions).draw();
  }

  private static String probability(Rated rated) {
    return String.format(Locale.ROOT, "p = %.2f", rated.probability());
  }
}
