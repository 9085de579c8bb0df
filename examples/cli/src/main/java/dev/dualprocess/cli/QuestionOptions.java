package dev.dualprocess.cli;

import dev.dualprocess.Check;
import dev.dualprocess.Prompt;
import dev.dualprocess.Question;
import dev.dualprocess.overlay.VisualPrompt;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a verifier is asked about an image, and what is laid over the image for it. */
final class QuestionOptions {
  private static final Pattern WEIGHTED =
      Pattern.compile("(?<weight>\\d+(\\.\\d+)?):(?<text>.*)", Pattern.DOTALL);

  @Option(
      names = "--question",
      paramLabel = "[WEIGHT:]TEXT",
      description =
          "What the verifier is asked (default: the visual prompt's own question); may be given"
              + " several times, each with its --answer. 2.0:TEXT counts twice as much as one"
              + " without a weight.")
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
      checked =
          checked.check(
              check(questions.get(i), answers.isEmpty() ? "Yes" : answers.get(i), laidOver));
    }
    return checked;
  }

  /** The check of a question that may have a weight before it. */
  private Check check(String asked, String answer, Optional<VisualPrompt> laidOver) {
    Matcher weighted = WEIGHTED.matcher(asked);
    boolean weighs = weighted.matches();
    Question plain = new Question(weighs ? weighted.group("text") : asked, answer);
    Check check = new Check(noPostfix ? plain : plain.withYesNoPostfix(), laidOver);
    return weighs ? check.weighing(Double.parseDouble(weighted.group("weight"))) : check;
  }
}
