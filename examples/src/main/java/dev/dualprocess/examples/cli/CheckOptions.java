package dev.dualprocess.examples.cli;

import dev.dualprocess.Check;
import dev.dualprocess.Prompt;
import dev.dualprocess.Question;
import dev.dualprocess.overlay.OverlayMode;
import dev.dualprocess.overlay.VisualPrompt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** What is asked for: the generator's text, the question, and what is laid over the image. */
final class CheckOptions {
  @Option(names = "--prompt", required = true, description = "The generator's text.")
  private String prompt;

  @Option(
      names = "--question",
      description =
          "What the verifier is asked (default: the visual prompt's own question); may be given"
              + " several times, each with its --answer.")
  private List<String> questions = new ArrayList<>();

  @Option(
      names = "--answer",
      description = "The answer that is wanted, one for each question (default: Yes for all).")
  private List<String> answers = new ArrayList<>();

  @Option(
      names = "--no-postfix",
      description = "Do not append 'Answer with Yes or No.' to questions with such answers.")
  private boolean noPostfix;

  @ArgGroup private VisualPromptOptions visualPrompt;

  @Option(
      names = "--overlay-mode",
      paramLabel = "solid|transparent",
      description = "How the picture of --overlay is laid over the image (default: solid).")
  private OverlayMode overlayMode = OverlayMode.SOLID;

  /** At most one of these. */
  static final class VisualPromptOptions {
    @Option(
        names = "--palette",
        paramLabel = "#hex,#hex,..",
        description = "A strip of colours along the bottom that the image should use.")
    private String palette;

    @Option(
        names = "--line-weight",
        paramLabel = "PX",
        description = "A red line as thick as the image's lines should be.")
    private Double lineWeight;

    @Option(
        names = "--horizon",
        paramLabel = "0..1",
        description = "A red line where the horizon should be: 0 is the top, 1 the bottom.")
    private Double horizon;

    @Option(
        names = "--depth",
        paramLabel = "AX,AY,BX,BY",
        split = ",",
        description = "Two red points A and B; from 0 (left, top) to 1 (right, bottom).")
    private List<Double> depth;

    @Option(
        names = "--composition",
        paramLabel = "FILE",
        description = "A JSON file with a painting and red arrows, boxes and texts.")
    private Path composition;

    @Option(
        names = "--overlay",
        paramLabel = "FILE",
        description = "A picture that is laid over the image.")
    private Path overlay;
  }

  /**
   * The prompt with its checks.
   *
   * @throws IOException in one line, if the overlay cannot be read
   * @throws IllegalArgumentException in one line, if a text is empty or a value out of range
   */
  Prompt prompt() throws IOException {
    Optional<VisualPrompt> drawing = visualPrompt();
    if (questions.isEmpty()) {
      drawing.flatMap(VisualPrompt::defaultQuestion).ifPresent(questions::add);
    }
    if (questions.isEmpty()) {
      throw new IllegalArgumentException("nothing to ask: give --question");
    }
    if (!answers.isEmpty() && answers.size() != questions.size()) {
      throw new IllegalArgumentException(
          "%d questions but %d answers: give each --question its --answer"
              .formatted(questions.size(), answers.size()));
    }
    Prompt checked = Prompt.of(prompt);
    for (int i = 0; i < questions.size(); i++) {
      Question plain = new Question(questions.get(i), answers.isEmpty() ? "Yes" : answers.get(i));
      checked = checked.check(new Check(noPostfix ? plain : plain.withYesNoPostfix(), drawing));
    }
    return checked;
  }

  private Optional<VisualPrompt> visualPrompt() throws IOException {
    VisualPromptOptions given = visualPrompt;
    if (given == null) {
      return Optional.empty();
    }
    if (given.palette != null) {
      return Optional.of(VisualPrompt.palette(given.palette));
    }
    if (given.lineWeight != null) {
      return Optional.of(VisualPrompt.lineWeight(given.lineWeight));
    }
    if (given.horizon != null) {
      return Optional.of(VisualPrompt.horizon(given.horizon));
    }
    if (given.depth != null) {
      return Optional.of(depth(given.depth));
    }
    return Optional.of(
        given.composition != null
            ? VisualPrompt.composition(given.composition)
            : VisualPrompt.file(given.overlay, overlayMode));
  }

  private static VisualPrompt depth(List<Double> places) {
    if (places.size() != 4) {
      throw new IllegalArgumentException(
          "--depth needs four numbers AX,AY,BX,BY, not " + places.size());
    }
    return VisualPrompt.depth(places.get(0), places.get(1), places.get(2), places.get(3));
  }
}
