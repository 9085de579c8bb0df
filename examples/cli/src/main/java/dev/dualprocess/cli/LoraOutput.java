package dev.dualprocess.cli;

import dev.dualprocess.lora.format.LoraFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** {@code --out} and {@code --overwrite} of a command that leaves one LoRA. */
final class LoraOutput {
  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "Where the LoRA goes; a folder for peft.")
  private Path out;

  @Option(names = "--overwrite", description = "Replace what is there.")
  private boolean overwrite;

  /**
   * The place to write to.
   *
   * @throws IOException in one line, if something is there that must not be replaced
   */
  Path place(LoraFormat format) throws IOException {
    boolean folder = Files.isDirectory(out);
    if (format == LoraFormat.PEFT) {
      boolean taken =
          Stream.of("adapter_model.safetensors", "adapter_config.json")
              .anyMatch(name -> Files.exists(out.resolve(name)));
      if ((taken || Files.isRegularFile(out)) && !(overwrite && folder)) {
        throw inTheWay();
      }
    } else if (folder) {
      throw new IOException(out + " is a folder; --out needs the name of a file");
    } else if (Files.exists(out) && !overwrite) {
      throw inTheWay();
    }
    Path parent = out.toAbsolutePath().getParent();
    if (parent != null && Files.exists(parent) && !Files.isDirectory(parent)) {
      throw new IOException(out + " cannot be: " + parent + " is a file, not a folder");
    }
    return out;
  }

  private IOException inTheWay() {
    return new IOException(out + " exists; choose another --out, or --overwrite");
  }
}
