package dev.dualprocess.cli;

import dev.dualprocess.language.AssistantSource;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which language models judge and help, and how they are asked. */
final class LanguageOptions {
  @Option(
      names = "--judge",
      paramLabel = "MODEL",
      description =
          "Who judges images: openai:MODEL at the endpoint of OPENAI_BASE_URL with OPENAI_API_KEY,"
              + " or a verifier as for --verifier, which answers on this machine.")
  private @Nullable String judge;

  @Option(
      names = "--assistant",
      paramLabel = "MODEL",
      description = "Who expands prompts and finds questions (default: the judge).")
  private @Nullable String assistant;

  @Mixin private AskingOptions asking;

  /** How they are asked. */
  AskingOptions asking() {
    return asking;
  }

  /** Whether any model is named. */
  boolean given() {
    return judge != null || assistant != null;
  }

  /**
   * Who judges.
   *
   * @throws IllegalArgumentException in one line, if nobody was named
   */
  AssistantSource judge() throws IOException {
    return asking.source(judgeNamed());
  }

  /** Who helps. */
  AssistantSource assistant() throws IOException {
    return asking.source(assistant == null ? judgeNamed() : assistant);
  }

  private String judgeNamed() {
    if (judge == null) {
      throw new IllegalArgumentException(
          "somebody has to judge the images: give --judge MODEL, or --vqascore to have the verifier"
              + " score them");
    }
    return judge;
  }
}
