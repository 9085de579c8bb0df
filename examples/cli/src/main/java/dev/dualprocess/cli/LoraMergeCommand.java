package dev.dualprocess.cli;

import dev.dualprocess.cli.console.Console;
import dev.dualprocess.config.Counts;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.lora.LoraTruncation;
import dev.dualprocess.lora.format.LoraFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Adds LoRAs up. */
@Command(
    name = "merge",
    mixinStandardHelpOptions = true,
    description =
        "One LoRA whose effect is the sum of several: exact, its ranks add up; or the nearest of"
            + " a given rank.")
final class LoraMergeCommand implements Callable<Integer> {
  private static final double MOST_SCALE = 1e6;
  private static final double NOISE = 1e-12; // of the arithmetic

  @Parameters(
      paramLabel = "FILE[:SCALE]",
      arity = "1..*",
      converter = LoraOption.Converter.class,
      description = "LoRAs and how strongly each counts.")
  private List<LoraOption> loras;

  @Option(
      names = "--rank",
      paramLabel = "N",
      description = "Cut every module to that rank, by its singular values (default: keep all).")
  private @Nullable Integer rank;

  @Option(
      names = "--to",
      paramLabel = "FORM",
      description = "diffusers, kohya, comfyui or peft (default: diffusers).")
  private LoraFormat format = LoraFormat.DIFFUSERS;

  @Mixin private LoraOutput out;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    Path place = out.place(format);
    for (LoraOption lora : loras) {
      Counts.requireAtMost("the scale of " + lora.file(), Math.abs(lora.weight()), MOST_SCALE);
      format.requireElsewhere(lora.file(), place);
    }
    List<Lora> parts = new ArrayList<>();
    try {
      for (LoraOption lora : loras) {
        try (Lora read = Lora.load(lora.file())) {
          parts.add(read.scaled(lora.weight()));
        }
      }
      try (Lora sum = Lora.stack(parts.toArray(new Lora[0]))) {
        write(sum, place);
      }
    } finally {
      parts.forEach(Lora::close);
    }
    return 0;
  }

  private void write(Lora sum, Path place) throws IOException {
    Console console = output.console();
    if (rank == null) {
      sum.save(place, format);
      told(console, place, sum, 0);
      return;
    }
    LoraTruncation cut = LoraTruncation.of(sum, rank);
    try (Lora low = cut.lora()) {
      low.save(place, format);
      told(console, place, low, cut.relativeError());
    }
  }

  private void told(Console console, Path place, Lora written, double error) {
    console.event(
        "merged", Map.of("file", place.toString(), "rank", written.rank(), "relativeError", error));
    console.say(
        "%s has %d module(s) of rank %d at most; %s",
        place,
        written.modules().size(),
        written.rank(),
        error < NOISE
            ? "nothing is lost"
            : String.format(Locale.ROOT, "%.3g of the sum's norm is lost", error));
  }
}
