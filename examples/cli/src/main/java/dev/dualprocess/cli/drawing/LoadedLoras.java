package dev.dualprocess.cli.drawing;

import dev.dualprocess.Generator;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.lora.LoraTargets.Attachment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** LoRAs from files, which are attached together. */
public final class LoadedLoras implements AutoCloseable {
  private record Weighted(Lora lora, double weight, String name) {}

  private final List<Weighted> loaded = new ArrayList<>();

  /**
   * Reads one more.
   *
   * @param weight factor of its effect
   */
  public void load(Path file, double weight) throws IOException {
    loaded.add(new Weighted(Lora.load(file), weight, file.getFileName() + ":" + weight));
  }

  /** Each file's name with its weight. */
  List<String> names() {
    return loaded.stream().map(Weighted::name).toList();
  }

  /** Attaches all of them until what is returned is closed. */
  Attachment attach(Generator generator) {
    List<Attachment> attached = new ArrayList<>();
    Attachment all = () -> closeLastFirst(attached);
    try {
      for (Weighted each : loaded) {
        attached.add(generator.loraTargets().attach(each.lora(), each.weight()));
      }
    } catch (RuntimeException e) {
      all.close();
      throw e;
    }
    return all;
  }

  private static void closeLastFirst(List<Attachment> attached) {
    for (int i = attached.size() - 1; i >= 0; i--) {
      attached.get(i).close();
    }
  }

  @Override
  public void close() {
    loaded.forEach(each -> each.lora().close());
  }
}
