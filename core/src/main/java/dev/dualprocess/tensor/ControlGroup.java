package dev.dualprocess.tensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * A control group of Linux that limits memory, such as a container's; version 2 or 1.
 *
 * @param folder with its files
 */
record ControlGroup(Path folder) {
  private static final Path ROOT = Path.of("/sys/fs/cgroup");
  private static final Path MINE = Path.of("/proc/self/cgroup");

  private record Names(String limit, String usage, String cachedFiles) {}

  private static final List<Names> VERSIONS =
      List.of(
          new Names("memory.max", "memory.current", "inactive_file "),
          new Names("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file "));

  /** What this process may still take by every limit around it; empty where there is none. */
  static OptionalLong roomOfProcess() {
    try {
      return room(ROOT, Files.isReadable(MINE) ? Files.readAllLines(MINE) : List.of());
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  /** The least room of the groups that {@code lines} of /proc/self/cgroup name, and above them. */
  static OptionalLong room(Path root, List<String> lines) {
    return lines.stream()
        .map(line -> line.split(":", 3))
        .filter(parts -> parts.length == 3 && (parts[1].isEmpty() || parts[1].equals("memory")))
        .flatMapToLong(
            parts -> {
              Path top = root.resolve(parts[1]);
              Path group = top.resolve(parts[2].substring(1)).normalize();
              return Stream.iterate(group, at -> at != null && at.startsWith(top), Path::getParent)
                  .flatMapToLong(at -> new ControlGroup(at).room().stream());
            })
        .min();
  }

  /** Its limit less what is used, files that are only cached not counted. */
  private OptionalLong room() {
    for (Names names : VERSIONS) {
      Path limit = folder.resolve(names.limit());
      if (Files.isReadable(limit)) {
        try {
          String text = Files.readString(limit).strip();
          return text.equals("max")
              ? OptionalLong.empty()
              : OptionalLong.of(Math.max(0, Long.parseLong(text) - used(names)));
        } catch (IOException | NumberFormatException e) {
          return OptionalLong.empty();
        }
      }
    }
    return OptionalLong.empty();
  }

  private long used(Names names) throws IOException {
    long used = Long.parseLong(Files.readString(folder.resolve(names.usage())).strip());
    long cached =
        Files.readAllLines(folder.resolve("memory.stat")).stream()
            .filter(line -> line.startsWith(names.cachedFiles()))
            .mapToLong(line -> Long.parseLong(line.substring(names.cachedFiles().length()).strip()))
            .sum();
    return used - cached;
  }
}
