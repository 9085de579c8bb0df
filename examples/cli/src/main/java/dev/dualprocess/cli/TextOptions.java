package dev.dualprocess.cli;

import dev.dualprocess.Prompt;
import dev.dualprocess.cli.drawing.NamedText;
import dev.dualprocess.cli.drawing.TextsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is drawn: one text, or those of a file. */
final class TextOptions {
  @Option(names = "--prompt", description = "The generator's text.")
  private @Nullable String prompt;

  @Option(
      names = "--prompts",
      paramLabel = "FILE",
      description = "A file of texts, one a line; lines that begin with # do not count.")
  private @Nullable Path prompts;

  /**
   * The texts.
   *
   * @throws IOException in one line that names the place, if one in the file is refused
   * @throws IllegalArgumentException in one line, if the only text is empty
   */
  List<NamedText> texts() throws IOException {
    return prompts == null
        ? List.of(NamedText.alone(Prompt.of(Objects.requireNonNull(prompt)).text()))
        : new TextsFile(prompts).read();
  }
}
