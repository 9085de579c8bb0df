package dev.dualprocess.cli;

import dev.dualprocess.cli.console.Console;
import dev.dualprocess.lora.format.LoraFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a LoRA in the form of another program. */
@Command(
    name = "convert",
    mixinStandardHelpOptions = true,
    description = "Write a LoRA in the form of another program; it acts with the same strength.")
final class LoraConvertCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE|DIR", description = "A LoRA file, or a folder with one.")
  private Path file;

  @Option(
      names = "--to",
      required = true,
      paramLabel = "FORM",
      description = "diffusers, kohya, comfyui or peft.")
  private LoraFormat format;

  @Mixin private LoraOutput out;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    Path place = out.place(format);
    format.convert(file, place);
    Console console = output.console();
    String form = format.name().toLowerCase(Locale.ROOT);
    console.event("converted", Map.of("to", form, "file", place.toString()));
    console.say("%s is %s in the form of %s", place, file, form);
    return 0;
  }
}
