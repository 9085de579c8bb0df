package dev.dualprocess.cli;

import dev.dualprocess.card.CardSettings;
import dev.dualprocess.card.ModelCard;
import dev.dualprocess.cli.console.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a folder that can be published of what a run has learnt. */
@Command(
    name = "card",
    mixinStandardHelpOptions = true,
    description = "Make a folder ready to be published of a run: the LoRA with its model card.")
final class LoraCardCommand implements Callable<Integer> {
  @Parameters(paramLabel = "RUN_DIR", description = "The --out of 'distill' or 'demo'.")
  private Path run;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "The folder that is made.")
  private Path out;

  @Option(names = "--name", paramLabel = "TEXT", description = "Its title (default: the prompt).")
  private @Nullable String name;

  @Option(
      names = "--base-model",
      paramLabel = "ORG/NAME",
      description = "The generator's id on the hub (default: as it was found in the hub's cache).")
  private @Nullable String baseModel;

  @Option(
      names = "--license",
      paramLabel = "ID",
      description =
          "The licence as the hub names it, such as apache-2.0 (default: unknown, which the card"
              + " says).")
  private String license = CardSettings.LICENSE_UNKNOWN;

  @Option(
      names = "--audit",
      paramLabel = "DIR",
      description =
          "The --out of 'audit' (default: the run's own folder 'audit', if there is one).")
  private @Nullable Path audit;

  @Option(names = "--overwrite", description = "Replace the card that is in --out.")
  private boolean overwrite;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    ModelCard card =
        ModelCard.of(
            run,
            new CardSettings(
                Optional.ofNullable(name),
                Optional.ofNullable(baseModel),
                license,
                Optional.ofNullable(audit)));
    Optional<String> taken =
        ModelCard.FILES.stream().filter(name -> Files.exists(out.resolve(name))).findFirst();
    if (taken.isPresent() && !overwrite) {
      throw new IOException(
          "%s: holds a %s already; choose another --out, or add --overwrite"
              .formatted(out, taken.get()));
    }
    card.write(out);
    tell(card, output.console());
    return 0;
  }

  private void tell(ModelCard card, Console console) {
    console.event("done", Map.of("folder", out.toString(), "audited", card.audited()));
    if (card.baseModel().isEmpty()) {
      console.say("The card names no base model on the hub: give --base-model, if there is one.");
    }
    if (!card.audited()) {
      console.say("It was not audited, and the card says so; see 'dualprocess audit --help'.");
    }
    if (license.equals(CardSettings.LICENSE_UNKNOWN)) {
      console.say("No licence was given, and the card says so: see --license.");
    }
    console.say("%s is ready: read its README.md, then publish it, for instance with", out);
    console.say("    hf upload YOUR_NAME/%s %s", out.getFileName(), out);
  }
}
