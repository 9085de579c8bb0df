package dev.dualprocess.cli.drawing;

import dev.dualprocess.Generator;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.lora.LoraTargets.Attachment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** LoRAs from files, which are attached together. */
public final class LoadedLoras implements AutoCloseable {
  private record Weighted(Lora lora, double weight, String name) {}

  private final List<Weighted> loaded = new ArrayList<>();
  private @Nullable Lora sum;

  /**
   * Reads one more.
   *
   * @param weight factor of its effect
   */
  public void load(Path file, double weight) throws IOException {
    loaded.add(new Weighted(Lora.load(file), weight, file.getFileName() + ":" + weight));
  }

  /** All of them as one, with their weights in it; none where nothing was read. */
  public Optional<Lora> sum() {
    if (loaded.isEmpty()) {
      return Optional.empty();
    }
    Lora all = sum;
    if (all == null) {
      Lora[] scaled =
          loaded.stream().map(each -> each.lora().scaled(each.weight())).toArray(Lora[]::new);
      all = Lora.stack(scaled);
      Arrays.stream(scaled).forEach(Lora::close);
      sum = all;
    }
    return Optional.of(all);
  }

  /** Each file's name with its weight. */
  public List<String> names() {
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
    if (sum != null) {
      sum.close();
    }
    loaded.forEach(each -> each.lora().close());
  }
}
