package dev.dualprocess.cli;

import dev.dualprocess.Question;
import dev.dualprocess.cli.console.Console;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.language.Assistant;
import dev.dualprocess.language.AssistantSource;
import dev.dualprocess.language.LanguageTasks;
import dev.dualprocess.language.Usage;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Questions for a prompt by a language model, ready for {@code distill}. */
@Command(
    name = "suggest",
    mixinStandardHelpOptions = true,
    description = "Have a language model find the questions that a prompt's pictures should pass.")
final class SuggestCommand implements Callable<Integer> {
  private static final int SHOWN = 512; // pixels along each side of a drawing

  @Option(
      names = "--prompt",
      required = true,
      description = "The generator's text that questions are wanted for.")
  private String prompt;

  @Option(
      names = "--assistant",
      required = true,
      paramLabel = "MODEL",
      description =
          "Who finds questions: openai:MODEL at the endpoint of OPENAI_BASE_URL with OPENAI_API_KEY,"
              + " or a verifier as for --verifier, which answers on this machine.")
  private String assistant;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "At most so many questions (default: ${DEFAULT-VALUE}).")
  private int count = 3;

  @Option(
      names = "--like",
      paramLabel = "QUESTION",
      description = "Let the first question be a variation of this one.")
  private @Nullable String like;

  @Mixin private DrawingOptions drawing;
  @Mixin private AskingOptions asking;
  @Mixin private PlacementOptions placement;
  @Mixin private ThreadOptions threads;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    RunOptions.requireCount("--count", count);
    asking.check();
    Optional<BufferedImage> shown =
        drawing.visualPrompt().map(drawn -> drawn.draw(ImageSize.square(SHOWN)));
    AssistantSource source = asking.source(assistant);
    threads.apply();
    Usage usage = new Usage();
    List<Question> found;
    try (Assistant opened = source.open(placement.placement())) {
      found =
          new LanguageTasks(opened, asking.instructions(), usage)
              .questions(prompt, count, shown, Optional.ofNullable(like));
    }
    Console console = output.console();
    for (Question question : found) {
      Map<String, Object> event = new LinkedHashMap<>();
      event.put("question", question.text());
      event.put("answer", question.answer());
      console.event("suggestion", event);
      console.say("--question \"%s\"", question.text());
    }
    console.say("%s: %s", source.named(), usage.tally().line(asking.rates()));
    return 0;
  }
}
