package dev.dualprocess.cli;

import dev.dualprocess.Check;
import dev.dualprocess.Prompt;
import dev.dualprocess.run.RunPlan;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is asked for: the generator's text, the question, and what is laid over the image. */
final class CheckOptions {
  @Option(names = "--prompt", required = true, description = "The generator's text.")
  private @Nullable String prompt;

  @Mixin private QuestionOptions asked;

  /** What a run was asked for, of another text where the command line has one. */
  Prompt promptOf(RunPlan run) {
    Prompt taught = run.prompts().get(0);
    Prompt other = Prompt.of(prompt == null ? taught.text() : prompt);
    for (Check check : taught.checks()) {
      other = other.check(check);
    }
    return other;
  }

  /**
   * The prompt with its checks.
   *
   * @throws IOException in one line, if the overlay cannot be read
   * @throws IllegalArgumentException in one line, if a text is empty or a value out of range
   */
  Prompt prompt() throws IOException {
    return asked.of(Objects.requireNonNull(prompt));
  }
}
