package dev.dualprocess.cli;

import dev.dualprocess.Check;
import dev.dualprocess.Prompt;
import dev.dualprocess.Question;
import dev.dualprocess.overlay.VisualPrompt;
import dev.dualprocess.run.RunPlan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is asked for: the generator's text, the question, and what is laid over the image. */
final class CheckOptions {
  @Option(names = "--prompt", required = true, description = "The generator's text.")
  private @Nullable String prompt;

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

  /** What a run was asked for, of another text where the command line has one. */
  Prompt promptOf(RunPlan run) {
    Prompt taught = run.prompts().get(0);
    Prompt asked = Prompt.of(prompt == null ? taught.text() : prompt);
    for (Check check : taught.checks()) {
      asked = asked.check(check);
    }
    return asked;
  }

  /**
   * The prompt with its checks.
   *
   * @throws IOException in one line, if the overlay cannot be read
   * @throws IllegalArgumentException in one line, if a text is empty or a value out of range
   */
  Prompt prompt() throws IOException {
    Optional<VisualPrompt> laidOver = drawing.visualPrompt();
    if (questions.isEmpty()) {
      questions.add(DrawingOptions.question(laidOver));
    }
    if (!answers.isEmpty() && answers.size() != questions.size()) {
      throw new IllegalArgumentException(
          "%d questions but %d answers: give each --question its --answer"
              .formatted(questions.size(), answers.size()));
    }
    Prompt checked = Prompt.of(Objects.requireNonNull(prompt));
    for (int i = 0; i < questions.size(); i++) {
      Question plain = new Question(questions.get(i), answers.isEmpty() ? "Yes" : answers.get(i));
      checked = checked.check(new Check(noPostfix ? plain : plain.withYesNoPostfix(), laidOver));
    }
    return checked;
  }
}
