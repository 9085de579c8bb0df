package dev.dualprocess.cli.advice;

import dev.dualprocess.tensor.FreeMemory;
import dev.dualprocess.tensor.MemorySize;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.Torch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The memory that is free for models on a device, and what to do with it.
 *
 * @param device such as {@code cpu} or {@code cuda:0}
 * @param bytes free there
 * @param host free in the host's memory
 */
public record Room(String device, long bytes, long host) {
  /** Nothing may be missing. */
  public Room {
    Objects.requireNonNull(device, "device");
  }

  /** Of every device of this machine, GPUs first. Loads the natives. */
  public static List<Room> all() {
    long host = FreeMemory.bytes(Placement.CPU);
    List<Room> rooms = new ArrayList<>();
    for (int i = 0; i < Torch.cudaDevices(); i++) {
      Placement gpu = Placement.on("cuda:" + i);
      rooms.add(new Room(gpu.device(), FreeMemory.bytes(gpu), host));
    }
    rooms.add(new Room(Placement.CPU.device(), host, host));
    return rooms;
  }

  private Optional<AdvisedPair> pair() {
    return AdvisedPairs.best(device, bytes, host);
  }

  /** Which models, and how to open them: two lines at most. */
  public List<String> advice() {
    String free = "%s, %s free: ".formatted(device, new MemorySize(bytes));
    return pair()
        .map(
            pair ->
                List.of(
                    free
                        + "%s with %s (%s)"
                            .formatted(pair.generator(), pair.verifier(), pair.memory()),
                    "  --device %s %s".formatted(device, pair.options())))
        .orElse(
            List.of(
                free + "no published pair; the bundled models do",
                "  --device %s --generator tiny --verifier tiny".formatted(device)));
  }

  /** The same for programs. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("device", device);
    map.put("freeBytes", bytes);
    pair().ifPresent(pair -> map.putAll(pair.toMap()));
    return map;
  }
}
