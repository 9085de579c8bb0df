package dev.dualprocess.examples.cli;

import dev.dualprocess.Check;
import dev.dualprocess.Prompt;
import dev.dualprocess.Question;
import dev.dualprocess.overlay.OverlayMode;
import dev.dualprocess.overlay.VisualPrompt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** What is asked for: the generator's text, the question, and what is laid over the image. */
final class CheckOptions {
  @Option(names = "--prompt", required = true, description = "The generator's text.")
  private String prompt;

  @Option(
      names = "--question",
      description = "What the verifier is asked (default: the visual prompt's own question).")
  private String question;

  @Option(names = "--answer", description = "The answer that is wanted (default: Yes).")
  private String answer = "Yes";

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
        names = "--horizon",
        paramLabel = "0..1",
        description = "A red line where the horizon should be: 0 is the top, 1 the bottom.")
    private Double horizon;

    @Option(
        names = "--overlay",
        paramLabel = "FILE",
        description = "A picture that is laid over the image.")
    private Path overlay;
  }

  /**
   * The prompt with its check.
   *
   * @throws IOException in one line, if the overlay cannot be read
   * @throws IllegalArgumentException in one line, if a text is empty or a value out of range
   */
  Prompt prompt() throws IOException {
    Optional<VisualPrompt> drawing = visualPrompt();
    String asked =
        question == null ? drawing.flatMap(VisualPrompt::defaultQuestion).orElse(null) : question;
    if (asked == null) {
      throw new IllegalArgumentException("nothing to ask: give --question");
    }
    Question plain = new Question(asked, answer);
    return Prompt.of(prompt)
        .check(new Check(noPostfix ? plain : plain.withYesNoPostfix(), drawing));
  }

  private Optional<VisualPrompt> visualPrompt() throws IOException {
    if (visualPrompt == null) {
      return Optional.empty();
    }
    return Optional.of(
        visualPrompt.overlay == null
            ? VisualPrompt.horizon(visualPrompt.horizon)
            : VisualPrompt.file(visualPrompt.overlay, overlayMode));
  }
}
