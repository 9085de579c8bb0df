package dev.dualprocess.cli;

import dev.dualprocess.Check;
import dev.dualprocess.Prompt;
import dev.dualprocess.Question;
import dev.dualprocess.overlay.VisualPrompt;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a verifier is asked about an image, and what is laid over the image for it. */
final class QuestionOptions {
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

  @Mixin private DrawingOptions drawing;

  /** Whether anything is asked here, or laid over an image. */
  boolean given() throws IOException {
    return !questions.isEmpty() || !answers.isEmpty() || drawing.visualPrompt().isPresent();
  }

  /**
   * The text with its checks.
   *
   * @throws IOException in one line, if the overlay cannot be read
   * @throws IllegalArgumentException in one line, if a text is empty or a value out of range
   */
  Prompt of(String text) throws IOException {
    Optional<VisualPrompt> laidOver = drawing.visualPrompt();
    if (questions.isEmpty()) {
      questions.add(DrawingOptions.question(laidOver));
    }
    if (!answers.isEmpty() && answers.size() != questions.size()) {
      throw new IllegalArgumentException(
          "%d questions but %d answers: give each --question its --answer"
              .formatted(questions.size(), answers.size()));
    }
    Prompt checked = Prompt.of(text);
    for (int i = 0; i < questions.size(); i++) {
      Question plain = new Question(questions.get(i), answers.isEmpty() ? "Yes" : answers.get(i));
      checked = checked.check(new Check(noPostfix ? plain : plain.withYesNoPostfix(), laidOver));
    }
    return checked;
  }
}
