package dev.dualprocess.text;

import dev.dualprocess.config.Warnings;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is lost of prompts on their way into text encoders, each loss told once. Thread-safe. */
public final class PromptWarnings {
  private static final Logger LOG = LoggerFactory.getLogger(PromptWarnings.class);

  private static final int LONGEST = 120; // of lost words that are told whole

  /** (word:1.2), but neither (16:9) nor (at 9:30); ((word)); and a LoRA by its name. */
  private static final Pattern WEIGHT =
      Pattern.compile("\\([^()]*[^()\\d\\s]:\\d*\\.?\\d+\\)|\\(\\([^()]+\\)\\)");

  private static final Pattern LORA = Pattern.compile("<lora:[^<>]+>");

  private final Warnings warnings = new Warnings(LOG);

  /** Nothing was told yet. */
  public PromptWarnings() {}

  /**
   * Tells the words behind the last token that a text encoder reads.
   *
   * @param encoder what people call it
   * @param length tokens that it reads, special ones included
   * @param then what that means, or what to do
   */
  public void cut(String encoder, Tokenizer tokenizer, String text, int length, String then) {
    String lost = tokenizer.cutOff(text, length);
    if (!lost.isEmpty()) {
      warnings.once(
          "the prompt is longer than the %d tokens that %s reads; it does not see '%s': %s"
              .formatted(length, encoder, shortened(lost), then));
    }
  }

  private static String shortened(String lost) {
    String line = lost.replaceAll("\\s+", " ");
    int more = line.length() - LONGEST;
    return more <= 0
        ? line
        : "%s ...' and %d more characters, up to '%s"
            .formatted(
                line.substring(0, LONGEST / 2), more, line.substring(line.length() - LONGEST / 2));
  }

  /** Tells of what other programs read as weights or as LoRAs, which is plain text here. */
  public void notation(String text) {
    Matcher weight = WEIGHT.matcher(text);
    if (weight.find()) {
      warnings.once(
          "weights in prompts are not read: '%s' is taken as it is written; say in words what matters"
              .formatted(weight.group()));
    }
    Matcher lora = LORA.matcher(text);
    if (lora.find()) {
      warnings.once(
          "a LoRA in the prompt is not read: '%s' is taken as it is written; give its file with --lora"
              .formatted(lora.group()));
    }
  }
}
