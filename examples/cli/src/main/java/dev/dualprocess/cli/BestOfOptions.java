package dev.dualprocess.cli;

import dev.dualprocess.Prompt;
import dev.dualprocess.Verifier;
import dev.dualprocess.VqaSettings;
import dev.dualprocess.cli.drawing.BestOfSeeds;
import dev.dualprocess.cli.drawing.Easel;
import dev.dualprocess.cli.drawing.LoadedLoras;
import dev.dualprocess.cli.drawing.NamedText;
import dev.dualprocess.distill.Examiner;
import dev.dualprocess.models.ModelSource;
import dev.dualprocess.overlay.PresentationSettings;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.tensor.Placement;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whether a verifier chooses among pictures, and what it is asked. */
final class BestOfOptions {
  @Option(
      names = "--best-of",
      paramLabel = "N",
      description =
          "Draw N seeds for each picture and keep the one the verifier likes best: the baseline"
              + " of any learnt control.")
  private @Nullable Integer bestOf;

  @Option(
      names = "--verifier",
      paramLabel = "DIR",
      description =
          "Who chooses for --best-of: a model directory, 'tiny', a plug-in's name, or a hub id;"
              + " several make a committee, in which DIR:0.7 counts 0.7 times as much.")
  private List<String> verifierNames = new ArrayList<>();

  @Mixin private QuestionOptions questions;

  /**
   * N, or 1 where nobody chooses.
   *
   * @throws IllegalArgumentException in one line, if the options do not go together
   */
  int candidates() throws IOException {
    if (bestOf == null) {
      if (!verifierNames.isEmpty() || questions.given()) {
        throw new IllegalArgumentException(
            "--verifier, --question, --answer and a drawing (--horizon, --palette, --line-weight,"
                + " --depth, --composition, --overlay) are for --best-of N, which asks a verifier");
      }
      return 1;
    }
    RunOptions.requireCount("--best-of", bestOf);
    if (verifierNames.isEmpty()) {
      throw new IllegalArgumentException("--best-of needs a --verifier that chooses");
    }
    return bestOf;
  }

  /** Whether a verifier chooses. */
  boolean given() {
    return bestOf != null;
  }

  /** What it is asked of every text's pictures. */
  Prompt asked(NamedText first) throws IOException {
    return questions.of(first.text());
  }

  /** Who chooses; none where nobody does. */
  List<ModelSource<Verifier>> verifiers(DownloadOptions download) throws IOException {
    return download.verifiers(verifierNames);
  }

  /** Draws, and lets those verifiers choose. */
  void draw(
      Easel easel,
      LoadedLoras loras,
      List<NamedText> texts,
      Prompt asked,
      List<ModelSource<Verifier>> sources,
      LoadOptions opening)
      throws IOException {
    try (Verifier verifier = ModelSource.openVerifier(sources, opening);
        Examiner examiner =
            new Examiner(
                verifier,
                asked,
                easel.sampling().size(),
                PresentationSettings.DEFAULT,
                VqaSettings.DEFAULT,
                Placement.CPU)) {
      new BestOfSeeds(easel, loras, examiner, candidates()).draw(texts);
    }
  }
}
