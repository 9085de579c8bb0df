package dev.dualprocess.language;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.Question;
import dev.dualprocess.language.Assistant.Reply;
import dev.dualprocess.language.Assistant.Request;
import dev.dualprocess.language.Instructions.Kind;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What the method needs a language model for: to expand a prompt, to find questions, to judge an
 * image. A reply that cannot be read is asked for again twice.
 */
public final class LanguageTasks {
  /** How often one thing is asked for. */
  static final int ATTEMPTS = 3;

  private static final int LONGEST_PROMPT = 400; // tokens; about 100 words are asked for
  private static final int LONGEST_QUESTIONS = 1000;
  private static final int LONGEST_VERDICT = 40;
  private static final int MOST_WORDS = 300;

  private final Assistant assistant;
  private final Instructions instructions;
  private final Usage usage;

  /** Whether an image fits a description, by {@link #judge}. */
  public enum Verdict {
    /** The image fits the description. */
    FITS,
    /** The image does not fit the description. */
    DOES_NOT_FIT,
    /** No reply could be read. */
    UNPARSABLE
  }

  /**
   * Tasks for an assistant, which stays the caller's.
   *
   * @param usage what it is asked is added here
   */
  public LanguageTasks(Assistant assistant, Instructions instructions, Usage usage) {
    this.assistant = assistant;
    this.instructions = instructions;
    this.usage = usage;
  }

  /** The name of the assistant that is asked. */
  public String name() {
    return assistant.name();
  }

  /**
   * A short prompt rewritten at length.
   *
   * @throws AssistantException in one line, if no reply can be read
   */
  public String expand(String prompt) {
    String text = instructions.fill(Kind.EXPAND, Map.of("prompt", prompt));
    return ask(text, Optional.empty(), LONGEST_PROMPT, LanguageTasks::expanded)
        .orElseThrow(() -> unreadable("expanding '" + prompt + "'"));
  }

  private static Optional<String> expanded(String reply) {
    Optional<String> text =
        TolerantJson.find(reply)
            .map(json -> json.path("prompt").asText(""))
            .or(() -> reply.contains("{") ? Optional.empty() : Optional.of(reply));
    return text.map(String::strip)
        .filter(t -> !t.isEmpty() && t.split("\\s+", -1).length <= MOST_WORDS);
  }

  /**
   * Questions whose answer is Yes if an image is what a prompt means; the first is about the image
   * as a whole.
   *
   * @param most how many at most, at least 1
   * @param overlay a picture that is laid over the image, which the questions may point at
   * @param first a first question to vary instead of one of the model's own
   * @throws AssistantException in one line, if no reply can be read
   */
  public List<Question> questions(
      String prompt, int most, Optional<BufferedImage> overlay, Optional<String> first) {
    if (most < 1) {
      throw new IllegalArgumentException("at least one question is needed, not " + most);
    }
    String text =
        instructions.fill(
            Kind.QUESTIONS,
            Map.of(
                "prompt",
                prompt,
                "count",
                most,
                "overlay",
                overlay.isPresent()
                    ? "The attached drawing is laid over the picture before the questions are"
                        + " asked; they may point at it.\n"
                    : "",
                "first",
                first
                    .map(q -> "Let the first question be a variation of this one: " + q + "\n")
                    .orElse("")));
    return ask(text, overlay, LONGEST_QUESTIONS, reply -> asked(reply, most))
        .orElseThrow(() -> unreadable("finding questions for '" + prompt + "'"));
  }

  private static Optional<List<Question>> asked(String reply, int most) {
    JsonNode found = TolerantJson.find(reply).orElse(null);
    if (found == null) {
      return Optional.empty();
    }
    List<Question> questions = new ArrayList<>();
    for (JsonNode entry : found.isArray() ? found : found.path("questions")) {
      String text = (entry.isTextual() ? entry : entry.path("question")).asText("").strip();
      String answer = entry.path("answer").asText("Yes").strip();
      if (text.isEmpty() || !answer.toLowerCase(Locale.ROOT).startsWith("yes")) {
        return Optional.empty();
      }
      if (questions.size() < most) {
        questions.add(new Question(text, "Yes").withYesNoPostfix());
      }
    }
    return questions.isEmpty() ? Optional.empty() : Optional.of(questions);
  }

  /** Whether an image on the whole fits a description. */
  public Verdict judge(BufferedImage image, String description) {
    String text = instructions.fill(Kind.JUDGE, Map.of("description", description));
    return ask(text, Optional.of(image), LONGEST_VERDICT, LanguageTasks::verdict)
        .orElse(Verdict.UNPARSABLE);
  }

  private static Optional<Verdict> verdict(String reply) {
    String said = TolerantJson.find(reply).map(json -> json.path("fits").asText("")).orElse(reply);
    return switch (said.strip().toLowerCase(Locale.ROOT)) {
      case "1", "1.0", "true", "yes" -> Optional.of(Verdict.FITS);
      case "0", "0.0", "false", "no" -> Optional.of(Verdict.DOES_NOT_FIT);
      default -> Optional.empty();
    };
  }

  /** Asks until a reply can be read, at most {@value #ATTEMPTS} times. */
  private <T> Optional<T> ask(
      String text,
      Optional<BufferedImage> image,
      int maxTokens,
      Function<String, Optional<T>> reader) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      String reminder =
          attempt == 0 ? "" : "\n\nThe last reply could not be read. Reply with JSON only.";
      Reply reply = assistant.reply(new Request(text + reminder, image, maxTokens, 0, attempt));
      usage.add(reply, attempt > 0);
      Optional<T> read = reader.apply(reply.text());
      if (read.isPresent()) {
        return read;
      }
    }
    return Optional.empty();
  }

  private AssistantException unreadable(String what) {
    return new AssistantException(
        "%s: %d replies of %s could not be read".formatted(what, ATTEMPTS, assistant.name()));
  }
}
